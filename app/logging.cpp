// Log messages; see logging.hpp. Only this file uses spdlog. It creates its loggers itself, without spdlog's registry of
// loggers, which costs start-up time.
#include "logging.hpp"

#include "standard_streams.hpp"

#include "event/printable.hpp"
#include "sys/error.hpp"
#include "sys/fd.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace prun::app {
namespace {

constexpr std::array<std::string_view, 6> level_names{"trace", "debug", "info", "warn", "error", "off"};

spdlog::level::level_enum spdlog_level(LogLevel level) {
  constexpr std::array levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
  return levels.at(static_cast<std::size_t>(level));
}

std::shared_ptr<spdlog::logger> make_logger(const spdlog::sink_ptr& sink, const char* pattern) {
  auto logger = std::make_shared<spdlog::logger>("prun", sink);
  logger->set_level(spdlog::level::trace);  // the level has been checked before
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern(pattern);
  return logger;
}

/// The log file. Each line is written immediately and completely, after lines that other processes have appended. Unlike
/// spdlog's own file, commands do not inherit it.
class FileSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit FileSink(const std::string& name)
      : file_(::open(name.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
    if (!file_) throw std::runtime_error(fmt::format("cannot write the log file {}: {}", name, error_text()));
  }

 private:
  static std::string error_text() { return std::generic_category().message(errno); }

  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    for (std::string_view rest(line.data(), line.size()); !rest.empty();) {
      const auto written = sys::retry_interrupted([&] { return ::write(file_.get(), rest.data(), rest.size()); });
      if (written < 0) throw spdlog::spdlog_ex(error_text());
      rest.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  void flush_() override {}

  sys::Fd file_;
};

std::shared_ptr<spdlog::logger> open_log_file(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(name).parent_path();
  std::error_code none;
  if (!folder.empty() && !std::filesystem::exists(folder, none))
    throw std::runtime_error(fmt::format("cannot write the log file {}: there is no folder {}", name, folder.string()));
  auto logger = make_logger(std::make_shared<FileSink>(name), "%Y-%m-%dT%H:%M:%S.%f%z %P %l %v");
  // The run continues without its log. This is reported once.
  logger->set_error_handler([name, told = false](const std::string& what) mutable {
    if (!std::exchange(told, true)) complain(message_line(fmt::format("cannot write the log file {}: {}", name, what)));
  });
  return logger;
}

}  // namespace

std::optional<LogLevel> log_level_named(std::string_view name) noexcept {
  const auto* found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<LogLevel>(found - level_names.begin());
}

Log::Log(LoggingOptions options) : options_(std::move(options)) {
  if (options_.file) file_ = open_log_file(*options_.file);
}

Log::~Log() = default;

void Log::write_text(LogLevel level, const std::string& text) {
  if (on_terminal(level)) complain(message_line(text));
  write_to_file(level, text);
}

void Log::write_to_file(LogLevel level, const std::string& text) {
  if (!in_file(level)) return;
  std::string line;
  append_printable(line, text);
  file_->log(spdlog_level(level), line);
}

}  // namespace prun::app
