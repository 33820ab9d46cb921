// Finds the end of a JSON value from its brackets and strings only. Continues where it stopped when more text is available.
// It does not check the rest of the grammar; the parser of the value does.
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

  /// @param text begins with the value (not with a space); a later call for the same value passes the same text and more
  /// @param at_end nothing follows `text`
  Found scan(std::string_view text, bool at_end);

  /// After Found::whole: the size of the value.
  [[nodiscard]] std::size_t size() const noexcept { return seen_; }

  /// After Found::broken: where the end became impossible to find.
  [[nodiscard]] const TextError& error() const noexcept { return error_; }

  /// Call it before the next value.
  void reset();

 private:
  void skip_plain(std::string_view text) noexcept;
  Found step(char c);
  Found string_step(char c);
  Found broken(std::string message);

  std::string closers_;  // the missing closing brackets, the innermost last
  std::size_t seen_ = 0;
  bool in_string_ = false;
  bool escaped_ = false;
  bool scalar_ = false;  // a number or word at top level, which the next byte after it ends
  TextError error_;
};

}  // namespace prun
