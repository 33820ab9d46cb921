#include "sys/cpu_time.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>

using namespace std::chrono_literals;

namespace {

void use_cpu_time(std::chrono::nanoseconds time) {
  timespec now{};
  do {
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  } while (std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) < time);
}

}  // namespace

TEST_CASE("the CPU time of a process counts the processes that it has waited for") {
  std::array<int, 2> ready{};
  REQUIRE(::pipe(ready.data()) == 0);
  const pid_t leader = ::fork();
  REQUIRE(leader >= 0);
  if (leader == 0) {
    const pid_t child = ::fork();
    use_cpu_time(150ms);
    if (child == 0) ::_exit(0);
    ::waitpid(child, nullptr, 0);
    [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  REQUIRE(::read(ready[0], &byte, 1) == 1);
  CHECK(prun::sys::cpu_time_of(leader) >= 250ms);
  CHECK(prun::sys::cpu_time_of(leader) <= 2s);
  ::kill(leader, SIGKILL);
  ::waitpid(leader, nullptr, 0);
  CHECK(prun::sys::cpu_time_of(leader) == 0us);
  ::close(ready[0]);
  ::close(ready[1]);
}
