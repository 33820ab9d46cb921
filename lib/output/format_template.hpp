// The language of `--format`: text with fields in braces, `{time} {args:>3} {result:>10}`. It reads templates; what a
// field holds, template_output.hpp knows.
//
//   {field}  {field:SPEC}    SPEC = [[FILL]ALIGN][0][WIDTH][.PRECISION], ALIGN one of < > ^
//   {{  }}                   a brace
//   \n \t \r \0 \\           a line feed, tab, carriage return, NUL, backslash
//
// As in Python and fmt, numbers align to the right and the rest to the left, `0` fills up numbers after their sign, and
// a width counts characters. PRECISION is the decimals of `duration`, elsewhere the most characters shown. A line feed
// is added where the template ends in neither a line feed nor NUL.
#pragma once

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun {

enum class Field : std::uint8_t {
  time,
  index,
  id,
  function,
  args,
  kwargs,
  call,
  result,
  error,
  kind,
  started,
  duration,
  worker,
  attempt,
};

enum class Align : std::uint8_t { natural, left, right, center };

struct Placeholder {
  Field field = Field::result;
  std::string fill = " ";  ///< one character of UTF-8
  Align align = Align::natural;
  bool zero_fill = false;
  std::size_t width = 0;
  std::optional<unsigned> precision;
};

/// Text, then perhaps a field.
struct Segment {
  std::string text;
  std::optional<Placeholder> placeholder;
};

struct FormatTemplate {
  std::vector<Segment> segments;

  /// It has a field for a failure, so that failed tasks go through it too.
  [[nodiscard]] bool shows_failures() const noexcept { return shows(Field::error) || shows(Field::kind); }
  [[nodiscard]] bool shows(Field field) const noexcept;
};

struct TemplateError {
  std::string message;
  std::size_t column = 0;  ///< in characters, from 1
};

/// "--format, column 7: unknown field 'reslt'; the fields are time, index, ..."
[[nodiscard]] std::string to_string(const TemplateError& error);

[[nodiscard]] tl::expected<FormatTemplate, TemplateError> parse_template(std::string_view text);

}  // namespace prun
