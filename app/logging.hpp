// What prun says about its work: to a person on standard error, and to a log file. It does not print results, nor the
// failures of tasks that belong to the output; and as long as nothing is said, nothing is set up.
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
  LogLevel terminal = LogLevel::off;  ///< what is said on standard error
  LogLevel file_level = LogLevel::info;
  std::optional<std::string> file;  ///< the log is appended to it; a new one has the permissions that umask gives
};

class Log {
 public:
  /// @throws std::runtime_error where the log file cannot be opened
  explicit Log(LoggingOptions options);
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;
  ~Log();

  /// Whether anyone would read a message of that level.
  [[nodiscard]] bool wants(LogLevel level) const noexcept { return on_terminal(level) || in_file(level); }

  template <typename... Args>
  void write(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (wants(level)) write_text(level, fmt::format(format, std::forward<Args>(args)...));
  }

  /// For what standard error shows anyway.
  void write_to_file(LogLevel level, const std::string& text);

 private:
  [[nodiscard]] bool on_terminal(LogLevel level) const noexcept { return level >= options_.terminal; }
  [[nodiscard]] bool in_file(LogLevel level) const noexcept { return options_.file && level >= options_.file_level; }
  void write_text(LogLevel level, const std::string& text);

  LoggingOptions options_;
  std::shared_ptr<spdlog::logger> file_;  ///< made at once: that it cannot be opened is told before anything runs
};

}  // namespace prun::app
