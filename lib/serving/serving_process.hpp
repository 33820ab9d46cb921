// A program that serves functions: reads requests on its standard input and answers on its standard output, a line each, for
// as long as it lives (PROTOCOL.md). Knows lines and deaths, not what the lines say.
#pragma once

#include "command/child_process.hpp"
#include "command/stop_sequence.hpp"
#include "function/running_child.hpp"
#include "sys/fd.hpp"

#include <prun/outcome.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::serving {

/// What --serve names.
struct ServedCommand {
  std::string text;  ///< as it was written
  std::vector<std::string> words;
  const command::Stopping* stopping = nullptr;  ///< of its calls; null: they are ended with their worker
};

class ServingProcess {
 public:
  /// Starts the program. @throws std::system_error where that fails
  explicit ServingProcess(const ServedCommand& command);
  /// Ends its standard input and, where it does not leave within a second, kills it.
  ~ServingProcess();
  ServingProcess(const ServingProcess&) = delete;
  ServingProcess& operator=(const ServingProcess&) = delete;

  /// Writes a line, if there is one, and reads the next, without its newline; both may be of any length. The view is valid
  /// until the next call. @throws TaskError where the process ends, says nothing for `patience`, or is stopped: because the
  /// call takes too long, the run ends, or it wants the terminal. It cannot be asked again then
  std::string_view exchange(std::string_view line, std::optional<std::chrono::milliseconds> patience = std::nullopt);

  /// A failure that is its fault: "process 17 (./worker.js) `what`".
  [[nodiscard]] Failure failure(FailureKind kind, const char* type, std::string_view what) const;

 private:
  struct Pipe {
    sys::Fd read;
    sys::Fd write;
    Pipe();
  };

  using Clock = command::StopSequence::Clock;
  struct Limits {
    std::optional<Clock::time_point> patience;
    std::optional<Clock::time_point> time_out;
  };
  void wait_for_more(const Limits& limits);
  [[noreturn]] void stop(command::StopSequence::Reason reason);
  void write_some();
  [[nodiscard]] bool read_some();
  [[nodiscard]] std::optional<std::size_t> line_end();
  [[noreturn]] void throw_end();

  std::string text_;
  const command::Stopping* stopping_;
  Pipe in_;
  Pipe out_;
  std::optional<command::ChildProcess> child_;
  std::string_view unsent_;
  std::string received_;
  std::size_t taken_ = 0;     ///< bytes of `received_` that were given out
  std::size_t searched_ = 0;  ///< bytes in which there is no newline
};

}  // namespace prun::serving
