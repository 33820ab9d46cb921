// See delimited_output.hpp.
#include "output/delimited_output.hpp"

#include "event/describe.hpp"
#include "output/number_text.hpp"
#include "output/value_text.hpp"
#include "wire/json.hpp"

namespace prun {

namespace {

constexpr std::string_view names[] = {"index", "id",      "function", "args",   "result",
                                      "error", "started", "duration", "worker", "attempt"};

}  // namespace

DelimitedOutput::DelimitedOutput(Dialect dialect, OutputBuffer& out)
    : dialect_(dialect), separator_(separator_of(dialect)), out_(out) {}

void DelimitedOutput::write_names() {
  std::string& row = out_.record();
  for (const std::string_view name : names) {
    if (name != names[0]) row += separator_;
    row += name;
  }
  row += line_end_of(dialect_);
  out_.commit();
  named_ = true;
}

void DelimitedOutput::on_task(const TaskEvent& event) {
  if (!named_) write_names();
  if (out_.closed()) return;
  std::string& row = out_.record();
  append_integer(row, event.index);
  row += separator_;
  append_field_of(row, event.id);
  row += separator_;
  append_field(row, event.function);
  row += separator_;
  append_arguments(row, event);
  row += separator_;
  append_field_of(row, event.value);
  row += separator_;
  if (event.failure != nullptr) append_field(row, full_description(*event.failure));
  row += separator_;
  append_times(row, event);
  row += separator_;
  if (event.worker != 0) append_integer(row, event.worker);
  row += separator_;
  append_integer(row, event.attempt);
  row += line_end_of(dialect_);
  out_.commit();
}

void DelimitedOutput::on_end() {
  if (!named_) write_names();
}

void DelimitedOutput::append_field(std::string& row, std::string_view field) const {
  append_delimited(row, field, dialect_);
}

void DelimitedOutput::append_field_of(std::string& row, std::string_view value) {
  if (value.empty()) return;
  scratch_.clear();
  append_value(scratch_, value);
  append_field(row, scratch_);
}

void DelimitedOutput::append_arguments(std::string& row, const TaskEvent& event) {
  const bool named = has_kwargs(event.kwargs);
  scratch_ = named ? R"({"args":)" : "";
  if (event.args.empty()) {
    scratch_ += "[]";
  } else {
    wire::append_json(scratch_, event.args);
  }
  if (named) {
    scratch_ += R"(,"kwargs":)";
    wire::append_json(scratch_, event.kwargs);
    scratch_ += '}';
  }
  append_field(row, scratch_);
}

void DelimitedOutput::append_times(std::string& row, const TaskEvent& event) {
  const bool timed = event.started != decltype(event.started){};
  if (timed) time_.append(row, event.started);
  row += separator_;
  if (timed || event.duration.count() != 0) append_seconds(row, event.duration);
}

}  // namespace prun
