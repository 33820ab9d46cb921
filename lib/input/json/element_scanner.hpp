// Finds where a JSON value ends from its brackets and strings alone, going on where it stopped when more text has come.
// It does not check the rest of the grammar; who parses the value does.
#pragma once

#include "input/text_error.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

class ElementScanner {
 public:
  enum class Found : std::uint8_t { whole, more, broken };

  /// @param text begins with the value (not with a space); on a later call for the same value, the same and more
  /// @param at_end nothing follows `text`
  Found scan(std::string_view text, bool at_end);

  /// After Found::whole: the value's size.
  [[nodiscard]] std::size_t size() const noexcept { return seen_; }

  /// After Found::broken: where no end can be found any more.
  [[nodiscard]] const TextError& error() const noexcept { return error_; }

  /// Before the next value.
  void reset();

 private:
  void skip_plain(std::string_view text) noexcept;
  Found step(char c);
  Found string_step(char c);
  Found broken(std::string message);

  std::string closers_;  // the brackets that must come, the innermost last
  std::size_t seen_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool scalar_ = false;  // a number or a word at top level, which what follows it ends
  TextError error_;
};

}  // namespace prun
