// What a listener (a printer, a journal, a report) is told of a task that has ended.
// It does not know which kind of worker ran it, nor where the task came from.
#pragma once

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prun {

/// Views are valid during the call they are passed to, no longer. Values are MessagePack (wire/value.hpp).
struct TaskEvent {
  std::uint64_t index = 0;    ///< its place in the input, from 0
  std::string_view id;        ///< a value; empty: the task has none
  std::string_view function;  ///< the function's name as the user wrote it
  std::string_view args;      ///< an array: positional arguments
  std::string_view kwargs;    ///< a map; empty: none
  std::string_view call;      ///< of a failure: the call as people write it; empty: as function(args)
  bool command = false;       ///< the result, or the failure's detail, is a command's (command/command_result.hpp)
  std::string_view value;  ///< the result; beside a failure only what a command had written, for outputs that show text
  const Failure* failure = nullptr;  ///< null: the task succeeded
  std::chrono::system_clock::time_point
      started{};                        ///< when the attempt that ended it began; epoch: never began, or not measured
  std::chrono::nanoseconds duration{};  ///< of that attempt's call
  int worker = 0;                       ///< process id of the worker (thread id for threads); 0: none ran it
  std::uint32_t attempt = 1;            ///< from 1
  std::optional<Usage> usage{};         ///< of that attempt; absent: not measured
};

/// The whole interface between a run and its outputs. Called from one thread, in the order the mode asks for.
class Listener {
 public:
  Listener() = default;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  virtual ~Listener() = default;

  virtual void on_task(const TaskEvent& event) = 0;
  virtual void on_end() {}  ///< once, after the last task of a run, also of one that was interrupted
};

}  // namespace prun
