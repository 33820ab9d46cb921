// A command whose program is not there is refused before anything runs.
#pragma once

#include "command_text.hpp"
#include "usage_error.hpp"

#include <optional>
#include <string>

namespace prun::app {

/// The program of a command is not there.
class MissingProgram : public UsageError {
 public:
  explicit MissingProgram(const std::string& program);
  [[nodiscard]] const std::string& program() const noexcept { return program_; }

 private:
  std::string program_;
};

/// @param program of a command; empty: known only for each task
/// @param directory where it is run; absent: here
/// @param may_be_elsewhere a program with a slash need not be here: other machines may have it
/// @throws MissingProgram, UsageError if it cannot be run
void refuse_missing_program(const std::string& program, const std::optional<CommandText>& directory,
                            bool may_be_elsewhere);

}  // namespace prun::app
