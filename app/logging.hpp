// Log messages about the run, to standard error and to a log file. It does not print results, nor failures of tasks, which
// belong to the output. It sets up nothing until the first message.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace spdlog {
class logger;
}

namespace prun::app {

enum class LogLevel : std::uint8_t { trace, debug, info, warn, error, off };

[[nodiscard]] std::optional<LogLevel> log_level_named(std::string_view name) noexcept;

struct LoggingOptions {
  LogLevel terminal = LogLevel::off;  ///< level for standard error
  LogLevel file_level = LogLevel::info;
  std::optional<std::string> file;  ///< lines are appended; a new file has the permissions of umask
};

class Log {
 public:
  /// @throws std::runtime_error if the log file cannot be opened
  explicit Log(LoggingOptions options);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  /// Returns true if a message of that level is written anywhere.
  [[nodiscard]] bool wants(LogLevel level) const noexcept { return on_terminal(level) || in_file(level); }

  template <typename... Args>
  void write(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (wants(level)) write_text(level, fmt::format(format, std::forward<Args>(args)...));
  }

  /// For text that standard error shows anyway.
  void write_to_file(LogLevel level, const std::string& text);

 private:
  [[nodiscard]] bool on_terminal(LogLevel level) const noexcept { return level >= options_.terminal; }
  [[nodiscard]] bool in_file(LogLevel level) const noexcept { return options_.file && level >= options_.file_level; }
  void write_text(LogLevel level, const std::string& text);

  LoggingOptions options_;
  std::shared_ptr<spdlog::logger> file_;  ///< opened at the start, so that an error is reported before anything runs
};

}  // namespace prun::app
