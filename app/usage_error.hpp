// An error in the command line. It does not know how it is printed.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace prun::app {

/// `what()` is one line: what is wrong, and the right form.
class UsageError : public std::runtime_error {
 public:
  explicit UsageError(const std::string& message, std::string help_command = "prun --help")
      : std::runtime_error(message), help_command_(std::move(help_command)) {}

  /// The command that explains the usage, such as `prun map --help`.
  [[nodiscard]] const std::string& help_command() const noexcept { return help_command_; }

 private:
  std::string help_command_;
};

}  // namespace prun::app
