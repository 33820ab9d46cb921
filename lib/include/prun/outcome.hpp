// What became of one task: a value or a failure, never both, never neither.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace prun {

/// Why a task has no value.
enum class FailureKind : std::uint8_t {
  exception,      ///< the function threw
  lost_signal,    ///< its worker was ended by a signal while it held the task
  lost_exit,      ///< its worker left through exit() or _exit() while it held the task
  bad_arguments,  ///< the arguments cannot be turned into what the function takes
  bad_result,     ///< the result cannot be turned into bytes, or back
  timeout,        ///< it ran longer than it may
  cancelled,      ///< it was withdrawn before it ran
  worker_start,   ///< no worker could be started to run it
  exit,           ///< the command exited with a status other than 0
  signal,         ///< the command was ended by a signal
  out_of_memory,  ///< it needed more memory than it may have, or than there was
  cpu_limit,      ///< it used more CPU time than it may
  interrupted,    ///< it was stopped because its run ended
  terminal,       ///< it wanted to use the terminal, which tasks do not have
};

inline constexpr FailureKind last_failure_kind = FailureKind::terminal;

/// The name of a kind as it stands in JSON output and in logs, such as "exception" or "lost_signal".
[[nodiscard]] const char* name_of(FailureKind kind) noexcept;

/// What an attempt used, as getrusage(2) counts it: the worker's share for it, or, of a command, the command's own. Calls shorter
/// than 100 us that follow one another are measured together, each right to 100 us, their sum exactly.
struct Usage {
  std::chrono::microseconds user{};
  std::chrono::microseconds system{};
  std::uint64_t max_rss = 0;  ///< bytes, at its peak: of the worker's life where it was not the attempt's
  std::uint64_t minor_faults = 0;
  std::uint64_t major_faults = 0;

  friend bool operator==(const Usage&, const Usage&) = default;
};

/// A task's failure with all that is known of it. A plain value: it crosses processes and is stored.
struct Failure {
  FailureKind kind = FailureKind::exception;
  std::string type;  ///< of an exception, its C++ type ("std::invalid_argument"); otherwise prun's ("WorkerLostError")
  std::string message;  ///< one sentence for a person, without the task's name
  /// Where an exception was thrown last: the innermost function outside of the C++ runtime, and the file it is in
  /// ("ackermann+0x3c (prun)"); of a stripped file the place in it ("+0x1a3c (libmine.so)"). Empty where that is not known: of
  /// other kinds than `exception`, with a C++ runtime other than GCC's, in a stripped program that holds the runtime itself.
  std::string where;
  int signal = 0;           ///< of lost_signal and signal: the number
  int exit_status = 0;      ///< of lost_exit and exit: the status
  int pid = 0;              ///< the worker's process, 0 where none was involved
  std::string traceback{};  ///< of a language that has them, as it prints them: several lines
  std::string detail{};     ///< what there is of a result all the same, a value: a failed command's outputs and times

  friend bool operator==(const Failure&, const Failure&) = default;
};

}  // namespace prun
