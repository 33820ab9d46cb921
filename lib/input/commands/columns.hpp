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
  /// @param separator a regular expression (RE2 syntax, UTF-8); an empty match separates two characters
  /// @return the offset of the error is that of the faulty part
  [[nodiscard]] static tl::expected<Columns, TextError> make(const std::string& separator);

  Columns(Columns&&) noexcept;
  Columns& operator=(Columns&&) noexcept;
  ~Columns();

  /// Returns one column more than there are matches. In a line that is not UTF-8 each byte counts as a character, unless the
  /// separator itself has characters beyond ASCII.
  [[nodiscard]] InputRow split(std::string_view line) const;

 private:
  class Pattern;
  explicit Columns(std::unique_ptr<Pattern> pattern);

  std::unique_ptr<Pattern> pattern_;
};

}  // namespace prun
