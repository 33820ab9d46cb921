// Stopping of commands while memory is short, by files of /proc that a test writes.
#include "run/memory_suspension.hpp"

#include "support/fake_run.hpp"
#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>

using namespace prun;

namespace {

/// A worker with a command: two processes that wait. Destroyed with its command.
class Worker {
 public:
  Worker() : pid_(::fork()) {
    if (pid_ != 0) {
      REQUIRE(news() == 'r');
      return;
    }
    const pid_t command = ::fork();
    if (command == 0) {
      for (;;) ::pause();
    }
    const char ready = 'r';
    int status = ::write(news_[1], &ready, 1) == 1 ? 0 : 1;
    while (::waitpid(command, &status, WUNTRACED | WCONTINUED) == command && !WIFSIGNALED(status)) {
      const char news = WIFSTOPPED(status) ? 's' : 'c';
      if (::write(news_[1], &news, 1) != 1) break;
    }
    ::_exit(0);
  }
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker() {
    for (const pid_t pid : {command(), pid_}) ::kill(pid, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::close(news_[0]);
    ::close(news_[1]);
  }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// 's': its command was stopped; 'c': continued. Waits for it.
  [[nodiscard]] char news() const {
    char news = 0;
    return ::read(news_[0], &news, 1) == 1 ? news : '-';
  }

 private:
  [[nodiscard]] pid_t command() const;
  struct Pipe {
    Pipe() { REQUIRE(::pipe(ends) == 0); }
    int& operator[](int i) { return ends[i]; }
    int operator[](int i) const { return ends[i]; }
    int ends[2] = {-1, -1};
  };
  Pipe news_;
  pid_t pid_;
};

pid_t Worker::command() const {
  const std::string path = "/proc/" + std::to_string(pid_) + "/task/" + std::to_string(pid_) + "/children";
  FILE* file = std::fopen(path.c_str(), "r");
  int child = pid_;
  if (file != nullptr) {
    if (std::fscanf(file, "%d", &child) != 1) child = pid_;
    std::fclose(file);
  }
  return child;
}

struct Machine {
  Machine() { pressure(0); }
  void pressure(double percent) const {
    folder.write("proc/pressure/memory", "some avg10=" + std::to_string(percent) + " avg60=0.00 avg300=0.00 total=0\n");
  }
  test::Folder folder;
};

void add(test::FakeRun& run, const Worker& worker, std::uint64_t index) {
  run.runs(index, {}, "c");
  run.all.back().pid = worker.pid();
}

}  // namespace

TEST_CASE("the youngest command is stopped under pressure, one goes on, and all continue without it") {
  const Machine machine;
  const Worker first;
  const Worker second;
  test::FakeRun run;
  add(run, first, 0);
  add(run, second, 1);
  MemorySuspension part({.pressure = 10}, machine.folder.path().string());
  part.start(run);
  part.on_time();
  machine.pressure(50);
  part.on_time();
  CHECK(second.news() == 's');
  part.on_time();  // the first goes on
  machine.pressure(7);
  part.on_time();  // less pressure, but not little
  machine.pressure(1);
  part.on_time();
  CHECK(second.news() == 'c');
  machine.pressure(50);
  part.on_time();
  CHECK(second.news() == 's');
  part.finish();
  CHECK(second.news() == 'c');
}

TEST_CASE("a stopped command continues if no other runs any more") {
  const Machine machine;
  const Worker first;
  const Worker second;
  test::FakeRun run;
  add(run, first, 0);
  add(run, second, 1);
  MemorySuspension part({.pressure = 10}, machine.folder.path().string());
  part.start(run);
  machine.pressure(50);
  part.on_time();
  CHECK(second.news() == 's');
  run.all.front().call.reset();
  part.on_time();
  CHECK(second.news() == 'c');
}
