// What prun says about its work; see logging.hpp. The one file that knows spdlog. It makes its loggers itself: spdlog's
// registry of loggers, which costs time at start, is never touched.
#include "logging.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <array>
#include <cstdio>
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
  logger->set_level(spdlog::level::trace);  // what is wanted has been decided before
  logger->flush_on(spdlog::level::trace);
  logger->set_pattern(pattern);
  return logger;
}

std::shared_ptr<spdlog::logger> open_log_file(const std::string& name) try {
  const std::filesystem::path folder = std::filesystem::path(name).parent_path();
  std::error_code none;  // spdlog would make it
  if (!folder.empty() && !std::filesystem::exists(folder, none))
    throw std::runtime_error(fmt::format("cannot write the log file {}: there is no folder {}", name, folder.string()));
  auto logger =
      make_logger(std::make_shared<spdlog::sinks::basic_file_sink_st>(name), "%Y-%m-%dT%H:%M:%S.%f%z %P %l %v");
  // The run goes on without its log: said once.
  logger->set_error_handler([told = false](const std::string& what) mutable {
    if (!std::exchange(told, true)) fmt::print(stderr, "prun: the log file cannot be written: {}\n", what);
  });
  return logger;
} catch (const spdlog::spdlog_ex& e) {
  throw std::runtime_error(fmt::format("cannot write the log file: {}", e.what()));
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
  if (on_terminal(level)) {
    if (!terminal_) terminal_ = make_logger(std::make_shared<spdlog::sinks::stderr_sink_st>(), "prun: %v");
    terminal_->log(spdlog_level(level), text);
  }
  write_to_file(level, text);
}

void Log::write_to_file(LogLevel level, const std::string& text) {
  if (in_file(level)) file_->log(spdlog_level(level), text);
}

}  // namespace prun::app
