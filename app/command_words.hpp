// The words that can stand first on prun's command line, with what their help says. It knows no options.
#pragma once

#include "run/run_options.hpp"

#include <optional>
#include <span>
#include <string_view>

namespace prun::app {

struct CommandWord {
  std::string_view name;
  std::optional<Mode> mode;    ///< absent: a word that runs no tasks
  std::string_view summary;    ///< one line
  std::string_view arguments;  ///< what follows the word, for the usage line
  std::string_view examples;   ///< lines that work when pasted into a shell
};

[[nodiscard]] std::span<const CommandWord> command_words() noexcept;

/// The command of that name, or null. `imap-unordered` is imap_unordered.
[[nodiscard]] const CommandWord* find_command_word(std::string_view name) noexcept;

/// The nearest of `candidates` to a mistyped `word`; empty where none is near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace prun::app
