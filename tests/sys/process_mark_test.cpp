#include "sys/process_mark.hpp"

#include <doctest/doctest.h>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

using prun::sys::mark_process;

namespace {

int status_of(pid_t child) {
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace

TEST_CASE("process mark: a process has its mark, and its children do not, whichever call forked them") {
  const auto& mark = mark_process();
  CHECK(mark.load() == 1);
  for (const bool raw : {false, true}) {
    const auto child =
        raw ? static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)) : ::fork();
    if (child == 0) ::_exit(static_cast<int>(mark.load()));
    CHECK(status_of(child) == 0);
  }
  CHECK(mark.load() == 1);
}

TEST_CASE("process mark: a child can set its own") {
  const auto& mark = mark_process();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(mark_process().load() == 1 && &mark_process() == &mark ? 0 : 1);
  CHECK(status_of(child) == 0);
}
