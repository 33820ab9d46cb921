#include "pool/worker_end.hpp"

#include "sys/process.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>

namespace prun::pool {
namespace {

std::string seconds_text(std::chrono::nanoseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%g", std::chrono::duration<double>(time).count());
  return text.data();
}

/// The limit that the call exceeded, instead of the signal that enforced it.
Failure limit_passed(FailureKind kind, const char* type, std::string message) {
  Failure failure;
  failure.kind = kind;
  failure.type = type;
  failure.message = std::move(message);
  return failure;
}

Failure lost_by_signal(const std::string& who, int signal, bool stack_overflow) {
  Failure failure;
  failure.kind = FailureKind::lost_signal;
  failure.signal = signal;
  failure.message =
      who + (stack_overflow ? " ran out of stack and was killed by " : " was killed by ") + sys::signal_text(signal);
  return failure;
}

Failure lost_by_exit(const std::string& who, int exit_status) {
  Failure failure;
  failure.kind = FailureKind::lost_exit;
  failure.exit_status = exit_status;
  failure.message = who + " exited with status " + std::to_string(exit_status) + " in the middle of the call";
  return failure;
}

Failure unsigned_failure_of(const WorkerEnd& end) {
  const std::string who = "worker " + std::to_string(end.pid);
  if (end.cause == WorkerEnd::Cause::overdue) {
    return limit_passed(FailureKind::timeout, "prun::TimeoutError",
                        "ran longer than " + seconds_text(end.timeout) + " s; " + who + " was killed");
  }
  if (end.cause == WorkerEnd::Cause::terminal) {
    return limit_passed(FailureKind::terminal, "prun::TerminalError",
                        "tried to use the terminal, which tasks do not have; " + who + " was killed");
  }
  if (end.cause == WorkerEnd::Cause::memory) {
    return limit_passed(FailureKind::out_of_memory, "prun::OutOfMemoryError",
                        "exceeded its memory limit; " + who + " was killed");
  }
  if (end.note == ring::DeathNote::cpu_limit) {
    return limit_passed(FailureKind::cpu_limit, "prun::CpuLimitError",
                        "exceeded its CPU time limit; " + who + " was killed");
  }
  Failure failure;
  if (end.cause == WorkerEnd::Cause::corrupt) {
    failure = lost_by_signal(who, SIGKILL, false);
    failure.message = who + " was killed: it had damaged the memory that it shares with the master";
  } else if (WIFSIGNALED(end.status)) {
    failure = lost_by_signal(who, WTERMSIG(end.status), end.note == ring::DeathNote::stack_overflow);
  } else {
    failure = lost_by_exit(who, WEXITSTATUS(end.status));
  }
  failure.type = "prun::WorkerLostError";
  return failure;
}

}  // namespace

Failure failure_of(const WorkerEnd& end) {
  Failure failure = unsigned_failure_of(end);
  failure.pid = end.pid;
  return failure;
}

std::optional<Usage> usage_of_last_call(const ring::WorkerBlock& block, const WorkerHost::Used& used) {
  if (block.has_partner.load(std::memory_order_relaxed)) return std::nullopt;
  const ring::UsedBefore& before = block.used_before;
  const auto since = [](auto total, auto then) {
    return std::max<std::int64_t>(static_cast<std::int64_t>(total) - then, 0);
  };
  const auto relaxed = std::memory_order_relaxed;
  Usage usage;
  usage.user = std::chrono::microseconds(since(used.user_us, before.user_us.load(relaxed)));
  usage.system = std::chrono::microseconds(since(used.system_us, before.system_us.load(relaxed)));
  usage.max_rss = used.max_rss;
  usage.minor_faults = static_cast<std::uint64_t>(since(used.minor_faults, before.minor_faults.load(relaxed)));
  usage.major_faults = static_cast<std::uint64_t>(since(used.major_faults, before.major_faults.load(relaxed)));
  return usage;
}

}  // namespace prun::pool
