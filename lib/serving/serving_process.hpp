// A program that serves functions. It reads requests from standard input and writes answers to standard output, one per line
// (PROTOCOL.txt). This class handles lines and the end of the process, not the content of the lines.
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

/// The command of --serve.
struct ServedCommand {
  std::string text;  ///< as the user wrote it
  std::vector<std::string> words;
  const command::Stopping* stopping = nullptr;  ///< for its calls; null: they are killed with their worker
};

class ServingProcess {
 public:
  /// Starts the program. @throws std::system_error if that fails
  explicit ServingProcess(const ServedCommand& command);
  /// Closes its standard input, and kills it if it does not exit within a second.
  ~ServingProcess();
  ServingProcess(const ServingProcess&) = delete;
  ServingProcess& operator=(const ServingProcess&) = delete;

  /// Writes a line, if there is one, and reads the next one, without its newline; of any length. The view is valid until the
  /// next call. @throws TaskError if the process ends, is silent for `patience`, or is stopped: because of the time limit,
  /// the end of the run, or an attempt to use the terminal. Then the process cannot be asked again
  std::string_view exchange(std::string_view line, std::optional<std::chrono::milliseconds> patience = std::nullopt);

  /// A failure caused by the process: "process 17 (./worker.js) `what`".
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
  std::size_t taken_ = 0;     ///< bytes of `received_` that have been returned
  std::size_t searched_ = 0;  ///< bytes that contain no newline
};

}  // namespace prun::serving
