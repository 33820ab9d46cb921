// Converts a line to a value, and a value to arguments.
#include "input/lines/line_inputs.hpp"

#include "input/json/json_text.hpp"
#include "input/words/input_value.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <utility>

namespace prun {

LineInputs::LineInputs(std::string name, std::unique_ptr<ByteSource> bytes, const Arguments& arguments,
                       bool null_separated)
    : name_(std::move(name)),
      arguments_(arguments),
      null_separated_(null_separated),
      buffer_(std::move(bytes), null_separated ? '\0' : '\n'),
      lines_(buffer_, null_separated ? '\0' : '\n') {}

Pull LineInputs::next(Task& task) {
  std::string_view line;
  while (!ended_) {
    switch (lines_.next(line)) {
      case EntryReader::Got::entry:
        if (!null_separated_ && without_space_around(line).empty()) continue;
        return parse(line, task);
      case EntryReader::Got::blocked: return Pull::blocked;
      case EntryReader::Got::failed:
        ended_ = true;
        error_.message = fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason());
        return Pull::bad;
      case EntryReader::Got::bad:
      case EntryReader::Got::end: ended_ = true; break;
    }
  }
  return Pull::end;
}

Pull LineInputs::parse(std::string_view line, Task& task) {
  task.start(arguments_.function());
  wire::ValueWriter(task.args).array(1);
  if (const auto appended = append_input_value(line, task.args, task.defect, arguments_.form()); !appended) {
    return bad(line.data() + appended.error().offset, appended.error().message);
  }
  const bool integer = wire::ValueReader(std::string_view(task.args).substr(1)).peek() == wire::Kind::integer;
  if (integer && arguments_.integer_is_call()) return Pull::task;
  arguments_.settle(task.args);
  if (const auto bound = bind(task); !bound) return bad(line.data(), bound.error());
  buffer_.release();
  return Pull::task;
}

Pull LineInputs::bad(const char* at, std::string_view message) {
  error_.message = buffer_.describe(name_, at, message);
  return Pull::bad;
}

}  // namespace prun
