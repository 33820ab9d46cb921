// Follows the quoting of a shell script to find out how the shell reads the text at each placeholder. It supports what dash
// and bash have in common (POSIX shell, 2.2 Quoting to 2.7), and if bash is known to run the script, also its arrays, its $'...' and
// its other operators in ${...}, as long as their texts are plain. If the shells differ, or if a complete parser would be needed, it
// reports an obstacle instead of guessing. It does not know inputs.
#pragma once

#include "command/script_place.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace prun::command {

/// Why a placeholder is not possible at its place.
enum class Obstacle : std::uint8_t {
  none,
  shell_parameter,  ///< not a placeholder: ${1} and ${#} belong to the shell
  dollar,           ///< `${` begins a parameter expansion, and this is not a valid one
  here_document,    ///< inside one, or anywhere after its first line
  backquotes,       ///< `...`
  comment,
  arithmetic,        ///< $((...)), ((...)), $[...]
  subscript,         ///< a[...]=, which bash evaluates as arithmetic
  number_condition,  ///< [[ ... ]] with -eq, -v or another operator that evaluates its words as arithmetic
  escaping_quotes,   ///< $'...', which bash supports and dash does not
  parameter,         ///< inside or after an unsupported form of ${...}
  case_in_brackets,  ///< after `case` in $(...): its patterns end in parentheses
  other_dialect,     ///< after quotes that dash and bash read differently
};

/// Whose syntax may be relied on.
enum class ShellDialect : std::uint8_t {
  common,  ///< what dash and bash have in common
  bash,
};

class ScriptScanner {
 public:
  struct Found {
    ScriptPlace place;
    Obstacle obstacle = Obstacle::none;  ///< if set, the place is `unknown`
  };

  explicit ScriptScanner(std::string_view script, ShellDialect dialect = ShellDialect::common)
      : script_(script), bash_(dialect == ShellDialect::bash), levels_{{Kind::commands, true, 0}} {}

  /// Returns the place of the placeholder of `size` bytes at `offset`. Call it in the order of the script.
  [[nodiscard]] Found place_at(std::size_t offset, std::size_t size);
  /// It is a placeholder: continues after it.
  void pass(std::size_t offset, std::size_t size);

 private:
  enum class Kind : std::uint8_t {
    commands,  ///< the script itself, and $(...)
    single_quotes,
    double_quotes,
    escaping_quotes,
    parameter,
    quoted_value,    ///< "${x:-...}"
    quoted_pattern,  ///< "${x%...}"
    backquotes,
    comment,
    arithmetic,
  };
  struct Level {
    Kind kind;
    bool is_word;       ///< of the surrounding commands, or part of one
    unsigned brackets;  ///< open ones
    // of commands:
    std::size_t word = 0;       ///< the beginning of the current word
    std::size_t condition = 0;  ///< behind the [[ that is open; 0: none is
    unsigned subscript = 0;     ///< open square brackets of a[...] or, in a=(...), of [...]
    bool array = false;         ///< in a=(...)
  };

  void step();
  void read_commands(char c);
  void read_parameter(char c);
  void read_quoted(char c);
  void read_escaping_quotes(char c);
  void read_arithmetic(char c);
  void read_dollar();
  void read_braces();
  [[nodiscard]] std::size_t behind_name(std::size_t begin) const noexcept;
  [[nodiscard]] std::size_t behind_subscript(std::size_t begin) const noexcept;
  [[nodiscard]] std::size_t end_of_plain_text(std::size_t begin) const noexcept;
  void read_less();
  void close_bracket();
  void end_word() noexcept;
  void read_square_bracket(char c) noexcept;

  [[nodiscard]] char at(std::size_t offset) const noexcept { return offset < script_.size() ? script_[offset] : '\0'; }
  [[nodiscard]] Kind kind() const noexcept { return levels_.back().kind; }
  [[nodiscard]] bool in_double_quotes() const noexcept;
  [[nodiscard]] Obstacle evaluation_of(std::size_t end) const noexcept;
  [[nodiscard]] bool begins_case() const noexcept;
  [[nodiscard]] bool stands_apart(std::size_t offset, std::size_t size) const noexcept;
  void open(Kind kind, std::size_t sign_size, bool is_word = true);
  void close();
  void stop_at(Obstacle obstacle) noexcept { obstacle_ = obstacle; }

  std::string_view script_;
  bool bash_;
  std::vector<Level> levels_;
  std::size_t at_ = 0;
  std::size_t name_end_ = 0;    ///< after the last $name; 0: there was none
  std::size_t escape_end_ = 0;  ///< after the last backslash that may escape the next character
  bool in_word_ = false;
  bool here_document_ = false;          ///< begins at the next line
  Obstacle obstacle_ = Obstacle::none;  ///< from here to the end of the script
};

}  // namespace prun::command
