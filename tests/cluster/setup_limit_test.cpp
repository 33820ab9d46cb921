#include "agent/setup_limit.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>

using namespace std::chrono_literals;
using prun::agent::SetupLimit;

namespace {

/// How a process ends that does this.
template <class Act>
int status_of_child(Act act) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    act();
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

TEST_CASE("a setup that hangs is killed at its limit") {
  const int status = status_of_child([] {
    const SetupLimit limit(10ms);
    for (;;) ::pause();
  });
  REQUIRE(WIFSIGNALED(status));
  CHECK(WTERMSIG(status) == SIGKILL);
}

TEST_CASE("a process that a setup has forked does not inherit its limit") {
  const int status = status_of_child([] {
    const SetupLimit limit(1h);
    const pid_t child = ::fork();
    itimerspec left{};
    if (child == 0) ::_exit(::timer_gettime(timer_t{}, &left) == 0 ? 1 : 0);
    int ending = 0;
    if (::waitpid(child, &ending, 0) != child || ending != 0) ::_exit(1);
  });
  REQUIRE(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 0);
}
