// Reads what stands in braces in a command: a placeholder, a mistake in one, or text. It does not know how text is quoted, nor
// what becomes of the placeholder. prun.1.in documents the rules.
#pragma once

#include "command/input_view.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

/// How placeholders are written.
struct PlaceholderSyntax {
  std::string input = "{}";          ///< the whole input (-I)
  std::vector<std::string> columns;  ///< names of the inputs, from the first (--header)
  bool plus = false;  ///< what GNU parallel's --plus adds is meant, also where prun has no such placeholder
};

struct Placeholder {
  enum class Kind : std::uint8_t {
    inputs,         ///< {} {/.}
    input,          ///< {1} {-1.} {name}
    number,         ///< {#} {#:%04d}: of the task
    padded_number,  ///< {0#}
    total,          ///< {##}
    slot,           ///< {%}: of the worker
    padded_slot,    ///< {0%}
  };
  Kind kind = Kind::inputs;
  InputView view;    ///< of `inputs` and `input`
  int position = 0;  ///< of `input`: from 1, or from -1 backwards
  int width = 0;     ///< of `number`
  char fill = ' ';   ///< of `number`

  [[nodiscard]] bool shows_input() const noexcept { return kind == Kind::inputs || kind == Kind::input; }
  [[nodiscard]] bool needs_total() const noexcept { return kind == Kind::total || kind == Kind::padded_number; }
  [[nodiscard]] bool needs_worker() const noexcept { return kind == Kind::slot || kind == Kind::padded_slot; }
  /// Only digits stand in its place.
  [[nodiscard]] bool is_digits() const noexcept { return !shows_input() && (fill == '0' || width == 0); }
};

/// What begins at some place of a command.
struct PlaceholderFound {
  enum class What : std::uint8_t {
    text,  ///< none
    placeholder,
    literal,  ///< {{}}: a placeholder in braces stands for itself
    mistake,  ///< looks like one, but is none: `problem` says why, and what would be right
  };
  What what = What::text;
  std::size_t size = 1;
  Placeholder placeholder;
  std::string problem;
};

/// Where a placeholder may begin, at or behind `from`; npos if nowhere.
[[nodiscard]] std::size_t next_placeholder(std::string_view command, std::size_t from, const PlaceholderSyntax& syntax);

[[nodiscard]] PlaceholderFound read_placeholder(std::string_view command, std::size_t at,
                                                const PlaceholderSyntax& syntax);

/// Of a Perl expression written without quotes, `{= s/a/b/ =}`, which the caller's shell has split into words.
/// @return why it is refused; empty if there is none
[[nodiscard]] std::string problem_across_words(const std::vector<std::string>& words);

}  // namespace prun::command
