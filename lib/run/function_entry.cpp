#include "run/function_entry.hpp"

#include "wire/value.hpp"

#include <prun/context.hpp>
#include <prun/detail/throw_site.hpp>

#include <cstdint>
#include <cstring>

namespace prun {
namespace {

template <class T>
T take(std::string_view& bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes.remove_prefix(sizeof value);
  return value;
}

template <class T>
void put(std::string& bytes, T value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof value);
}

CallContext context_of(const TaskContext& task) { return {task.index, task.attempt, task.seed()}; }

}  // namespace

void append_function(std::string& payload, const Function* function) { put(payload, function); }

void append_item(std::string& payload, std::string_view args) {
  put(payload, static_cast<std::uint32_t>(args.size()));
  payload.append(args);
}

void run_function_chunk(detail::CallFrame& frame) {
  std::string_view rest = frame.payload;
  const auto* function = take<const Function*>(rest);
  std::string args;
  std::string result;
  for (std::uint32_t i = 0; i < frame.last; ++i) {
    std::string_view item;
    if (!frame.is_range) {
      const auto size = take<std::uint32_t>(rest);
      item = rest.substr(0, size);
      rest.remove_prefix(size);
    }
    if (i < frame.first) continue;
    if (!frame.begin(i)) continue;
    try {
      if (frame.is_range) {
        args.clear();
        wire::ValueWriter writer(args);
        writer.array(1);
        writer.integer(frame.range_item(i));
        item = args;
      }
      result.clear();
      function->call(item, context_of(*current_task()), result);
    } catch (const detail::ThrowSite&) {
    } catch (...) {
      frame.failed(std::current_exception());
      continue;
    }
    frame.value(result.data(), result.size());
  }
}

}  // namespace prun
