// The outcome of one task: a value or a failure.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace prun {

/// Why a task has no value.
enum class FailureKind : std::uint8_t {
  exception,      ///< the function threw
  lost_signal,    ///< a signal killed its worker while the worker held the task
  lost_exit,      ///< its worker called exit() or _exit() while it held the task
  bad_arguments,  ///< the arguments do not fit the parameters of the function
  bad_result,     ///< the result cannot be serialized or deserialized
  timeout,        ///< it exceeded its time limit
  cancelled,      ///< it was cancelled before it ran
  worker_start,   ///< no worker could be started for it
  exit,           ///< the command exited with a status other than 0
  signal,         ///< a signal terminated the command
  out_of_memory,  ///< it exceeded its memory limit, or the memory of the system
  cpu_limit,      ///< it exceeded its limit of CPU time
  interrupted,    ///< it was stopped because its run ended
  terminal,       ///< it tried to use the terminal, which tasks do not have
};

inline constexpr FailureKind last_failure_kind = FailureKind::terminal;

/// Returns the name of a kind, as in JSON output and logs: "exception", "lost_signal", ...
[[nodiscard]] const char* name_of(FailureKind kind) noexcept;

/// Resource usage of an attempt, as getrusage(2) counts it: of the worker during the attempt, or of the command. Consecutive
/// calls shorter than 100 us are measured together: each value is accurate to 100 us, and their sum is exact.
struct Usage {
  std::chrono::microseconds user{};
  std::chrono::microseconds system{};
  std::uint64_t max_rss = 0;  ///< peak, in bytes; of the whole life of the worker if it did not grow in the attempt
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;

  friend bool operator==(const Usage&, const Usage&) = default;
};

/// All information about a failed task. It crosses processes and is stored.
struct Failure {
  FailureKind kind = FailureKind::exception;
  std::string type;  ///< of an exception, its C++ type ("std::invalid_argument"); otherwise prun's ("WorkerLostError")
  std::string message;  ///< one sentence for the user, without the name of the task
  /// Where an exception was last thrown: the innermost function outside the C++ runtime, and its file ("ackermann+0x3c
  /// (prun)"). In a stripped file: the offset ("+0x1a3c (libmine.so)"). Empty if unknown: for kinds other than `exception`,
  /// for C++ runtimes other than GCC's, and in a stripped program that is linked to the runtime statically.
  std::string where;
  int signal = 0;           ///< of lost_signal and signal: the number of the signal
  int exit_status = 0;      ///< of lost_exit and exit: the exit status
  int pid = 0;              ///< process id of the worker; 0 if no worker was involved
  std::string traceback{};  ///< several lines, for languages that have tracebacks
  std::string detail{};     ///< the part of a result that exists, as a value: outputs and times of a failed command

  friend bool operator==(const Failure&, const Failure&) = default;
};

}  // namespace prun
