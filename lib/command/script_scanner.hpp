// Follows the quoting of a shell script, so that for each placeholder it is known how the shell will read what stands there.
// Understands what dash and bash have in common (POSIX shell, 2.2 Quoting to 2.7). Where they differ, or where a whole parser
// would be needed, it reports an obstacle instead of guessing. Knows no inputs.
#pragma once

#include "command/script_place.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace prun::command {

/// Why a placeholder cannot stand where it stands.
enum class Obstacle : std::uint8_t {
  none,
  shell_parameter,  ///< it is none: ${1} and ${#} are the shell's own
  dollar,           ///< `${` begins a parameter expansion, of which this is no form
  here_document,    ///< in one, or anywhere behind its first line
  backquotes,       ///< `...`
  comment,
  arithmetic,        ///< $((...)), ((...)), $[...]
  escaping_quotes,   ///< $'...', which bash knows and dash does not
  parameter,         ///< in or behind a form of ${...} that is not followed
  case_in_brackets,  ///< behind `case` in $(...): its patterns end in brackets
  other_dialect,     ///< behind quotes that dash and bash read differently
};

class ScriptScanner {
 public:
  struct Found {
    ScriptPlace place;
    Obstacle obstacle = Obstacle::none;  ///< then the place is `unknown`
  };

  explicit ScriptScanner(std::string_view script) : script_(script), levels_{{Kind::commands, true, 0}} {}

  /// What stands at `offset` is a placeholder of `size` bytes. To be called in the order of the script.
  [[nodiscard]] Found place_at(std::size_t offset, std::size_t size);
  /// It is one: goes on behind it.
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
    bool is_word;       ///< of the commands around it, or part of one
    unsigned brackets;  ///< open ones
  };

  void step();
  void read_commands(char c);
  void read_parameter(char c);
  void read_quoted(char c);
  void read_escaping_quotes(char c);
  void read_arithmetic(char c);
  void read_dollar();
  void read_braces();
  void read_less();
  void close_bracket();

  [[nodiscard]] char at(std::size_t offset) const noexcept { return offset < script_.size() ? script_[offset] : '\0'; }
  [[nodiscard]] Kind kind() const noexcept { return levels_.back().kind; }
  [[nodiscard]] bool in_double_quotes() const noexcept;
  [[nodiscard]] bool begins_case() const noexcept;
  [[nodiscard]] bool stands_apart(std::size_t offset, std::size_t size) const noexcept;
  void open(Kind kind, std::size_t sign_size, bool is_word = true);
  void close();
  void stop_at(Obstacle obstacle) noexcept { obstacle_ = obstacle; }

  std::string_view script_;
  std::vector<Level> levels_;
  std::size_t at_ = 0;
  std::size_t name_end_ = 0;    ///< behind the last $name; 0: there was none
  std::size_t escape_end_ = 0;  ///< behind the last backslash that may escape what follows
  bool in_word_ = false;
  bool here_document_ = false;          ///< begins with the next line
  Obstacle obstacle_ = Obstacle::none;  ///< from here to the end of the script
};

}  // namespace prun::command
