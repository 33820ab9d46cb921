// See task_text.hpp.
#include "journal/task_text.hpp"

#include "output/value_text.hpp"
#include "wire/value.hpp"

namespace prun::journal {
namespace {

/// @throws wire::DecodeError if there is none
FailureKind kind_named(std::string_view ending) {
  for (int kind = 0; kind <= static_cast<int>(last_failure_kind); ++kind) {
    if (ending == name_of(static_cast<FailureKind>(kind))) return static_cast<FailureKind>(kind);
  }
  throw wire::DecodeError("there is no ending '" + std::string(ending) + "'");
}

}  // namespace

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

std::string args_of(std::int64_t number) {
  std::string args;
  wire::ValueWriter writer(args);
  writer.array(1);
  writer.integer(number);
  return args;
}

std::string args_of(const RecordedTask& entry, std::uint64_t index) {
  return entry.range ? args_of((*entry.range)[index - entry.index]) : entry.args;
}

std::string call_of(const RecordedTask& entry, std::uint64_t index) {
  return short_call(entry.function, args_of(entry, index), entry.kwargs);
}

Failure failure_in(const Statement& row, std::string_view ending, int type) {
  Failure failure;
  failure.kind = kind_named(ending);
  failure.type = row.bytes(type);
  failure.message = row.bytes(type + 1);
  failure.signal = static_cast<int>(row.integer(type + 2));
  failure.exit_status = static_cast<int>(row.integer(type + 3));
  failure.pid = static_cast<int>(row.integer(type + 4));
  return failure;
}

}  // namespace prun::journal
