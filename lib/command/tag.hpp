// The text before each line of a command's output (--tag): its inputs, or what a template of the user makes of them.
#pragma once

#include "command/command_template.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace prun::command {

class Tag {
 public:
  /// Instead of the inputs, separated by spaces.
  /// @param form of one word, without placeholders for the worker or for the number of all tasks
  void use_form(CommandTemplate form) { form_ = std::move(form); }
  /// Shows tags on a terminal in a colour.
  void use_color() noexcept { color_ = true; }

  /// The text with a tab at its end. @param args of the call @param index of the task
  [[nodiscard]] std::string of(std::string_view args, std::uint64_t index) const;

 private:
  std::optional<CommandTemplate> form_;
  bool color_ = false;
};

}  // namespace prun::command
