// What it costs at least to run a program N times on W processes: posix_spawn and wait, nothing captured, nothing said.
//
//   bare_spawn_bench N W PROGRAM     prints the seconds
#include "bench/stopwatch.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace {

void wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("a child failed");
}

void spawn_and_wait(int count, char* program) {
  char argument[] = "1";  // as the others give their commands
  char* arguments[] = {program, argument, nullptr};
  for (int i = 0; i < count; ++i) {
    pid_t pid = 0;
    if (posix_spawn(&pid, program, nullptr, nullptr, arguments, environ) != 0) {
      throw std::runtime_error("cannot start the program");
    }
    wait_for(pid);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 4) throw std::invalid_argument("usage: bare_spawn_bench N W PROGRAM");
  const int count = std::atoi(argv[1]);
  const int workers = std::atoi(argv[2]);
  const prun::bench::Stopwatch watch;
  std::vector<pid_t> pids;
  for (int i = 0; i < workers; ++i) {
    const pid_t pid = fork();
    if (pid < 0) throw std::runtime_error("cannot fork");
    if (pid == 0) {
      spawn_and_wait(count / workers + (i < count % workers ? 1 : 0), argv[3]);
      _exit(0);
    }
    pids.push_back(pid);
  }
  for (const pid_t pid : pids) wait_for(pid);
  std::printf("%.9f\n", watch.seconds());
} catch (const std::exception& e) {
  std::fprintf(stderr, "bare_spawn_bench: %s\n", e.what());
  return 1;
}
