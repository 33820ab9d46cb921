// What it costs at least to start a program and W processes, and what a command costs, measured in turn in one process.
//
//   bare_start_bench ROUNDS W COMMAND...     prints the median seconds of /bin/true, of W forks and exits, of COMMAND
#include "bench/stopwatch.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace {

using prun::bench::Stopwatch;

void wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid || status != 0) throw std::runtime_error("a child failed");
}

double time_of_command(char** argv) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  const Stopwatch watch;
  pid_t pid = 0;
  if (posix_spawn(&pid, argv[0], &actions, nullptr, argv, environ) != 0)
    throw std::runtime_error("cannot start a command");
  wait_for(pid);
  const double seconds = watch.seconds();
  posix_spawn_file_actions_destroy(&actions);
  return seconds;
}

double time_of_forks(int count) {
  const Stopwatch watch;
  std::vector<pid_t> pids;
  for (int i = 0; i < count; ++i) {
    const pid_t pid = fork();
    if (pid == 0) _exit(0);
    if (pid < 0) throw std::runtime_error("cannot fork");
    pids.push_back(pid);
  }
  for (const pid_t pid : pids) wait_for(pid);
  return watch.seconds();
}

double median(std::vector<double>& times) {
  const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
  std::nth_element(times.begin(), middle, times.end());
  return *middle;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 4) throw std::invalid_argument("usage: bare_start_bench ROUNDS W COMMAND...");
  const int rounds = std::max(1, std::atoi(argv[1]));
  const int workers = std::atoi(argv[2]);
  char bin_true[] = "/bin/true";
  char* nothing[] = {bin_true, nullptr};
  std::vector<double> of_true;
  std::vector<double> of_forks;
  std::vector<double> of_command;
  for (int i = 0; i < rounds; ++i) {
    of_true.push_back(time_of_command(nothing));
    of_forks.push_back(time_of_forks(workers));
    of_command.push_back(time_of_command(argv + 3));
  }
  std::printf("%.9f %.9f %.9f\n", median(of_true), median(of_forks), median(of_command));
} catch (const std::exception& e) {
  std::fprintf(stderr, "bare_start_bench: %s\n", e.what());
  return 1;
}
