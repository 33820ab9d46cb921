// What the end of a worker says of the call that it was in.
#include "pool/worker_end.hpp"

#include <doctest/doctest.h>

#include <csignal>

using prun::Failure;
using prun::FailureKind;
using prun::pool::failure_of;
using prun::pool::WorkerEnd;
using prun::ring::DeathNote;
using namespace std::chrono_literals;

namespace {

constexpr int exited_7 = 7 << 8;  // as waitpid(2) gives it

}  // namespace

TEST_CASE("the message about a signal or an exit names the worker") {
  const Failure killed = failure_of({12, SIGSEGV});
  CHECK(killed.kind == FailureKind::lost_signal);
  CHECK(killed.type == "prun::WorkerLostError");
  CHECK(killed.signal == SIGSEGV);
  CHECK(killed.pid == 12);
  CHECK(killed.message == "worker 12 was killed by signal 11 (SIGSEGV)");
  const Failure left = failure_of({12, exited_7});
  CHECK(left.kind == FailureKind::lost_exit);
  CHECK(left.exit_status == 7);
  CHECK(left.message == "worker 12 exited with status 7 in the middle of the call");
}

TEST_CASE("the message about a limit names the limit instead of the signal") {
  const Failure late = failure_of({12, SIGKILL, DeathNote::none, WorkerEnd::Cause::overdue, 1500ms});
  CHECK(late.kind == FailureKind::timeout);
  CHECK(late.signal == 0);
  CHECK(late.message == "ran longer than 1.5 s; worker 12 was killed");
  const Failure large = failure_of({12, SIGKILL, DeathNote::none, WorkerEnd::Cause::memory});
  CHECK(large.kind == FailureKind::out_of_memory);
  CHECK(large.signal == 0);
  CHECK(large.message == "exceeded its memory limit; worker 12 was killed");
  const Failure busy = failure_of({12, SIGKILL, DeathNote::cpu_limit});
  CHECK(busy.kind == FailureKind::cpu_limit);
  CHECK(busy.type == "prun::CpuLimitError");
}

TEST_CASE("a stack overflow and damaged memory have their own messages") {
  CHECK(failure_of({12, SIGSEGV, DeathNote::stack_overflow}).message ==
        "worker 12 ran out of stack and was killed by signal 11 (SIGSEGV)");
  const Failure corrupt = failure_of({12, SIGKILL, DeathNote::none, WorkerEnd::Cause::corrupt});
  CHECK(corrupt.kind == FailureKind::lost_signal);
  CHECK(corrupt.message == "worker 12 was killed: it had damaged the memory that it shares with the master");
}
