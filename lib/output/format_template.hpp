// The syntax of `--format`: text with fields in braces, `{time} {args:>3} {result:>10}`. This file parses templates;
// template_output.hpp knows the contents of the fields.
//
//   {field}  {field:SPEC}    SPEC = [[FILL]ALIGN][0][WIDTH][.PRECISION], ALIGN one of < > ^
//   {{  }}                   a brace
//   \n \t \r \0 \\           a line feed, tab, carriage return, NUL, backslash
//
// As in Python and fmt, numbers are right-aligned and other fields left-aligned, `0` pads numbers after their sign, and
// widths count characters. PRECISION is the number of decimals of `duration`, for other fields the maximum number of
// characters. If a template ends in neither a line feed nor NUL, a line feed is added.
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
  host,
};

enum class Align : std::uint8_t { natural, left, right, center };

struct Placeholder {
  Field field = Field::result;
  std::string fill = " ";  ///< one UTF-8 character
  Align align = Align::natural;
  bool zero_fill = false;
  std::size_t width = 0;
  std::optional<unsigned> precision;
};

/// Text, optionally followed by a field.
struct Segment {
  std::string text;
  std::optional<Placeholder> placeholder;
};

struct FormatTemplate {
  std::vector<Segment> segments;

  /// It has a field for a failure, so failed tasks are printed with it too.
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
