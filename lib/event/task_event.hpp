// A task that has ended, as a listener (printer, journal, report) receives it. A listener does not know what kind of worker
// ran it or where the task came from.
#pragma once

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prun {

/// Views are valid only during the call that they are passed to. Values are MessagePack (wire/value.hpp).
struct TaskEvent {
  std::uint64_t index = 0;    ///< its position in the input, from 0
  std::string_view id;        ///< a value; empty: the task has none
  std::string_view function;  ///< name of the function as the user wrote it
  std::string_view args;      ///< an array: positional arguments
  std::string_view kwargs;    ///< a map; empty: none
  std::string_view call;      ///< of a failure: how to show the call; empty: as function(args)
  bool command = false;       ///< the result, or a failure's detail, is that of a command (command/command_result.hpp)
  std::string_view value;     ///< the result; for a failure, the output of a command for outputs that show text
  const Failure* failure = nullptr;  ///< null: the task succeeded
  std::chrono::system_clock::time_point
      started{};                        ///< start of the attempt that decided it; epoch: not begun or not measured
  std::chrono::nanoseconds duration{};  ///< duration of that attempt's call
  int worker = 0;                       ///< process id of the worker (thread id for threads); 0: no worker ran it
  std::uint32_t attempt = 1;            ///< from 1
  std::optional<Usage> usage{};         ///< of that attempt; absent: not measured
  std::string_view host{};              ///< in a run on several machines, the machine that ran it; otherwise empty
};

/// The interface between a run and its outputs. Called from one thread, in the order that the mode requires.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  virtual void on_task(const TaskEvent& event) = 0;
  virtual void on_end() {}  ///< once, after the last task of a run, even if the run was interrupted
};

}  // namespace prun
