// Splits a line into columns at each match of a separator. It does not know where the line came from.
#pragma once

#include "input/commands/input_rows.hpp"
#include "input/text_error.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace prun {

class Columns {
 public:
  /// @param separator a regular expression (RE2's, of UTF-8); a match of nothing separates two characters
  /// @return the error's offset is that of the part at fault
  [[nodiscard]] static tl::expected<Columns, TextError> make(const std::string& separator);

  Columns(Columns&&) noexcept;
  Columns& operator=(Columns&&) noexcept;
  ~Columns();

  /// As many as there are matches, and one. In a line that is not UTF-8 each byte is a character, unless the separator
  /// itself has characters beyond ASCII.
  [[nodiscard]] InputRow split(std::string_view line) const;

 private:
  class Pattern;
  explicit Columns(std::unique_ptr<Pattern> pattern);

  std::unique_ptr<Pattern> pattern_;
};

}  // namespace prun
