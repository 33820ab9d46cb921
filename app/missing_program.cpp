// See missing_program.hpp.
#include "missing_program.hpp"

#include "command_advice.hpp"

#include "command/child_process.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace prun::app {
namespace {

/// The path of a program with a slash, from where it is run. Absent if that is known only for each task.
std::optional<std::string> path_of(const std::string& program, const std::optional<CommandText>& directory) {
  if (!directory || program.starts_with('/')) return program;
  const command::CommandTemplate parsed = directory->parse();
  if (parsed.has_placeholder()) return std::nullopt;
  const std::string folder = parsed.expand_name({});
  if (::access(folder.c_str(), X_OK) != 0) return std::nullopt;  // each task says what is wrong with it
  return folder + '/' + program;
}

std::string problem_of_missing(const std::string& program) {
  if (program.find('/') == std::string::npos)
    return fmt::format("there is no program {} on PATH{}", program, missing_program_advice(program));
  const bool absolute = program.starts_with('/');
  return fmt::format("there is no program {}; check its path{}", program,
                     absolute ? "" : ", which begins at the current folder or at that of --cwd");
}

}  // namespace

MissingProgram::MissingProgram(const std::string& program)
    : UsageError(problem_of_missing(program)), program_(program) {}

void refuse_missing_program(const std::string& program, const std::optional<CommandText>& directory,
                            bool may_be_elsewhere) {
  if (program.empty()) return;
  if (program.find('/') != std::string::npos) {
    if (may_be_elsewhere) return;
    const auto path = path_of(program, directory);
    if (path && ::access(path->c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
      throw MissingProgram(program);
    return;
  }
  try {
    static_cast<void>(command::find_program(program));
  } catch (const std::system_error& error) {
    if (error.code().value() == ENOENT) throw MissingProgram(program);
    throw UsageError(fmt::format("{} cannot be run: {}", program, error.code().message()));
  }
}

}  // namespace prun::app
