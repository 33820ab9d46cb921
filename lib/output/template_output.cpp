// See template_output.hpp.
#include "output/template_output.hpp"

#include "event/describe.hpp"
#include "event/printable.hpp"
#include "output/number_text.hpp"
#include "output/value_text.hpp"
#include "wire/json.hpp"

#include <string_view>
#include <utility>

namespace prun {

namespace {

bool holds_number(Field field, const TaskEvent& event) {
  switch (field) {
    case Field::index:
    case Field::duration:
    case Field::worker:
    case Field::attempt: return true;
    case Field::id: return !event.id.empty() && is_number(event.id);
    case Field::result: return event.failure == nullptr && is_number(event.value);
    case Field::args: {
      const std::string_view only = only_argument(event.args, event.kwargs);
      return !only.empty() && is_number(only);
    }
    default: return false;
  }
}

void truncate(std::string& line, std::size_t from, std::size_t characters) {
  std::size_t end = from;
  for (std::size_t seen = 0; end < line.size(); ++end) {
    const bool begins = (static_cast<unsigned char>(line[end]) & 0xC0U) != 0x80U;
    if (begins && ++seen > characters) break;
  }
  line.resize(end);
}

void insert_fill(std::string& line, std::size_t at, std::size_t times, const std::string& fill) {
  if (fill.size() == 1) {
    line.insert(at, times, fill[0]);
    return;
  }
  std::string filling;
  while (times-- > 0) filling += fill;
  line.insert(at, filling);
}

void pad(std::string& line, std::size_t from, const Placeholder& placeholder, bool number) {
  const std::size_t length = count_characters(std::string_view(line).substr(from));
  if (length >= placeholder.width) return;
  const std::size_t missing = placeholder.width - length;
  if (placeholder.zero_fill && number) {
    const bool sign = from < line.size() && line[from] == '-';
    line.insert(from + (sign ? 1 : 0), missing, '0');
    return;
  }
  const Align natural = number ? Align::right : Align::left;
  const Align align = placeholder.align == Align::natural ? natural : placeholder.align;
  const std::size_t before = align == Align::right ? missing : align == Align::center ? missing / 2 : 0;
  insert_fill(line, line.size(), missing - before, placeholder.fill);
  insert_fill(line, from, before, placeholder.fill);
}

}  // namespace

TemplateOutput::TemplateOutput(FormatTemplate format, const OutputOptions& options, OutputBuffer& out,
                               OutputBuffer& err)
    : format_(std::move(format)),
      shows_failures_(format_.shows_failures()),
      shows_results_(format_.shows(Field::result)),
      failures_(options),
      out_(out),
      err_(err),
      time_(options.clock, out) {}

void TemplateOutput::on_task(const TaskEvent& event) {
  const bool told_apart = event.failure != nullptr && !shows_failures_;
  if (!told_apart || (shows_results_ && !event.value.empty())) write_line(event);
  if (told_apart) failures_.write(event, err_, out_);
}

void TemplateOutput::write_line(const TaskEvent& event) {
  if (out_.closed()) return;
  out_.follow(err_);
  std::string& line = out_.record();
  for (const Segment& segment : format_.segments) {
    line += segment.text;
    if (segment.placeholder) append_placeholder(line, *segment.placeholder, event);
  }
  out_.commit();
}

void TemplateOutput::append_placeholder(std::string& line, const Placeholder& placeholder, const TaskEvent& event) {
  const std::size_t from = line.size();
  append_field(line, placeholder, event);
  if (placeholder.precision && placeholder.field != Field::duration) truncate(line, from, *placeholder.precision);
  if (placeholder.width > 0) pad(line, from, placeholder, holds_number(placeholder.field, event));
}

void TemplateOutput::append_field(std::string& line, const Placeholder& placeholder, const TaskEvent& event) {
  const bool timed = event.started != decltype(event.started){};
  switch (placeholder.field) {
    case Field::time: line += time_.text(); return;
    case Field::index: return append_integer(line, event.index);
    case Field::id: return event.id.empty() ? void() : append_value(line, event.id);
    case Field::function: line += event.function; return;
    case Field::args: return append_args(line, event.args, event.kwargs);
    case Field::kwargs: return has_kwargs(event.kwargs) ? wire::append_json(line, event.kwargs) : void();
    case Field::call: return append_call(line, event);
    case Field::result: return event.value.empty() ? void() : append_value(line, event.value);
    case Field::error:
      line += event.failure == nullptr ? "" : describe(*event.failure, event.attempt, event.host);
      return;
    case Field::kind: line += event.failure == nullptr ? "" : name_of(event.failure->kind); return;
    case Field::started: return timed ? started_.append(line, event.started) : void();
    case Field::duration:
      if (!timed && event.duration.count() == 0) return;
      return placeholder.precision ? append_seconds(line, event.duration, *placeholder.precision)
                                   : append_seconds(line, event.duration);
    case Field::worker: return event.worker != 0 ? append_integer(line, event.worker) : void();
    case Field::attempt: return append_integer(line, event.attempt);
    case Field::host: return append_printable(line, event.host);
  }
}

}  // namespace prun
