// Finds out which of its forms a command line has, before it is split: with a mode or subcommand, with a command and no mode, or
// with neither. It knows which options have a value, so that no value is taken for the first word.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace prun::app {

enum class LineForm : std::uint8_t {
  word,      ///< `prun -j 4 map fib 1..9`: the first word is a mode or a subcommand
  command,   ///< `prun -j 4 gzip -9k {} ::: a b`: the first word begins a command, and no option follows it
  inputs,    ///< `prun --cmd 'gzip {}' a b`: an option gives the command, and words are inputs
  commands,  ///< `prun -j 4 < commands.txt`, `prun ::: 'gzip a' 'gzip b'`: the inputs are commands
};

struct LineBeginning {
  LineForm form = LineForm::word;
  std::size_t options_end = 0;  ///< no word from this one on is an option; it may be `--` or a list sign
  std::size_t word_at = 0;      ///< of the form `word`: the place of the mode or subcommand
};

/// Returns the other options of short options that are joined with -0: `-kj2` for `-k0j2`, and `-` for `-0`. Absent: the word
/// is none of these, as the inputs `-0.5` and `-05`.
[[nodiscard]] std::optional<std::string> without_null(std::string_view word);

/// Returns true if the word is an option whose value is the next word.
[[nodiscard]] bool takes_next_word(std::string_view word);

/// @param words without the name of the program
[[nodiscard]] LineBeginning beginning_of(std::span<const char* const> words);

}  // namespace prun::app
