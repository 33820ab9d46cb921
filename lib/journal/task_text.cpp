// See task_text.hpp.
#include "journal/task_text.hpp"

#include "output/value_text.hpp"
#include "wire/value.hpp"

namespace prun::journal {

std::string short_call(std::string_view function, std::string_view args, std::string_view kwargs,
                       std::string_view call) {
  TaskEvent event;
  event.function = function;
  event.args = args;
  event.kwargs = kwargs;
  event.call = call;
  std::string text;
  append_short_call(text, event);
  return text;
}

std::string args_of(const RecordedTask& entry, std::uint64_t index) {
  if (!entry.range) return entry.args;
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(1);
  writer.integer((*entry.range)[index - entry.index]);
  return args;
}

std::string call_of(const RecordedTask& entry, std::uint64_t index) {
  return short_call(entry.function, args_of(entry, index), entry.kwargs);
}

FailureKind kind_named(std::string_view ending) {
  for (int kind = 0; kind <= static_cast<int>(last_failure_kind); ++kind) {
    if (ending == name_of(static_cast<FailureKind>(kind))) return static_cast<FailureKind>(kind);
  }
  throw wire::DecodeError("there is no ending '" + std::string(ending) + "'");
}

}  // namespace prun::journal
