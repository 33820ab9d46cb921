// See end_commands.hpp.
#include "end_commands.hpp"

#include "command/child_process.hpp"
#include "command/stop_failure.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

std::vector<std::string> environment_of(const RunReport& report, int status) {
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.emplace_back(*entry);
  const auto set = [&](std::string_view name, std::uint64_t value) {
    std::erase_if(environment,
                  [&](const std::string& entry) { return entry.starts_with(name) && entry[name.size()] == '='; });
    environment.push_back(fmt::format("{}={}", name, value));
  };
  set("PRUN_STATUS", static_cast<std::uint64_t>(status));
  set("PRUN_SUCCEEDED", report.succeeded);
  set("PRUN_FAILED", report.failed);
  set("PRUN_NOT_RUN", report.not_run);
  return environment;
}

std::optional<std::string> run_script(std::string_view option, const std::string& script,
                                      const std::vector<std::string>& environment) {
  static const std::string shell = "/bin/sh";
  const std::vector<std::string> arguments{"sh", "-c", script};
  try {
    command::ChildProcess child({shell, arguments, &environment});
    const int status = child.wait().status;
    if (status == 0) return std::nullopt;
    return fmt::format("the command of {} failed: {}", option, command::failure_of(status).message);
  } catch (const std::system_error& error) {
    return fmt::format("the command of {} cannot be started: {}", option, error.what());
  }
}

}  // namespace

std::optional<std::string> run_end_commands(const EndCommands& commands, const RunReport& report, int status) {
  if (!commands.on_end && !commands.on_fail) return std::nullopt;
  const std::vector<std::string> environment = environment_of(report, status);
  std::optional<std::string> problem;
  if (commands.on_fail && status != 0) problem = run_script("--on-fail", *commands.on_fail, environment);
  if (commands.on_end) {
    auto other = run_script("--on-end", *commands.on_end, environment);
    if (!problem) problem = std::move(other);
  }
  return problem;
}

}  // namespace prun::app
