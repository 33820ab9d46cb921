// See text_output.hpp.
#include "output/text_output.hpp"

#include "event/printable.hpp"
#include "output/number_text.hpp"
#include "output/value_text.hpp"
#include "wire/digits.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace prun {

namespace {

constexpr std::size_t argument_width = 3;
constexpr std::size_t result_width = 10;
constexpr std::size_t time_width = 15;  // at most

// The output of a result [input, output], otherwise the result.
std::string_view without_input(std::string_view result, std::string_view input) {
  wire::ValueReader reader(result);
  if (reader.peek() != wire::Kind::array || reader.array() != 2 || reader.skip() != input) return result;
  return reader.rest();
}

void append_aligned(std::string& line, std::string_view value, std::size_t width) {
  if (const auto integer = wire::integer_in(value)) return append_integer(line, *integer, width);
  const std::size_t from = line.size();
  append_printable_value(line, value);
  pad_left(line, from, width);
}

// Formats the whole line in one pass.
void append_integers(std::string& line, std::string_view time, std::int64_t input, std::int64_t result) {
  std::array<char, 64> text;  // NOLINT: filled at once, and written from its end
  static_assert(text.size() >= time_width + 1 + 2 * (wire::most_digits + 1));
  text.fill(' ');
  char* const end = text.data() + text.size();
  const auto put = [](char* at, std::int64_t number, std::size_t width) {
    return std::min(wire::put_integer(at, number), at - width);
  };
  char* begin = put(end, result, result_width);
  begin = put(begin - 1, input, argument_width);
  begin -= 1 + time.size();
  std::memcpy(begin, time.data(), time.size());
  line.append(begin, end);
}

}  // namespace

TextOutput::TextOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err, command::SpilledFiles* files)
    : style_(options.style),
      failures_(options),
      out_(out),
      err_(err),
      time_(options.clock, out),
      commands_(options, out, err, files) {}

void TextOutput::on_task(const TaskEvent& event) {
  if (event.command) return commands_.on_task(event);
  if (event.failure != nullptr) return failures_.write(event, err_, out_);
  if (out_.closed()) return;
  out_.follow(err_);
  std::string& line = out_.record();
  if (style_ == TextStyle::calls) {
    append_call(line, event);
    line += " = ";
    append_printable_value(line, event.value);
  } else {
    append_table_line(line, event);
  }
  line += '\n';
  out_.commit();
}

void TextOutput::append_table_line(std::string& line, const TaskEvent& event) {
  const std::string_view only = only_argument(event.args, event.kwargs);
  const std::string_view input = only.empty() ? event.args : only;
  const std::string_view result = style_ == TextStyle::pairs ? without_input(event.value, input) : event.value;
  if (const auto number = wire::integer_in(only)) {
    if (const auto value = wire::integer_in(result)) return append_integers(line, time_.text(), *number, *value);
  }
  line += time_.text();
  line += ' ';
  if (!only.empty() && is_scalar(only)) {
    append_aligned(line, only, argument_width);
    line += ' ';
    append_aligned(line, result, result_width);
    return;
  }
  const std::size_t from = line.size();
  append_args(line, event.args, event.kwargs);
  make_printable(line, from);
  line += ' ';
  append_printable_value(line, result);
}

}  // namespace prun
