#include "run/function_entry.hpp"

#include "wire/value.hpp"

#include <prun/context.hpp>
#include <prun/detail/throw_site.hpp>
#include <prun/error.hpp>

#include <cstdint>
#include <cstring>

namespace prun {
namespace {

// NOLINTBEGIN(bugprone-sizeof-expression): pointers are what some of these are
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

// NOLINTEND(bugprone-sizeof-expression)

void put_bytes(std::string& bytes, std::string_view value) {
  put(bytes, static_cast<std::uint32_t>(value.size()));
  bytes.append(value);
}

std::string_view take_bytes(std::string_view& bytes) {
  const auto size = take<std::uint32_t>(bytes);
  const std::string_view value = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return value;
}

/// The function that a chunk calls. It may have to be loaded first.
class Callee {
 public:
  explicit Callee(std::string_view& payload) : function_(take<const Function*>(payload)) {
    if (function_ != nullptr) return;
    registry_ = take<Registry*>(payload);
    open_ = take<bool>(payload);
    name_ = take_bytes(payload);
  }

  /// Its items carry keyword arguments.
  [[nodiscard]] bool open() const noexcept { return function_ != nullptr ? function_->signature().open : open_; }

  const Function& get() {
    if (function_ == nullptr) function_ = registry_->find(name_);
    if (function_ == nullptr) throw ArgumentError(registry_->problem());
    return *function_;
  }

 private:
  const Function* function_;
  Registry* registry_ = nullptr;
  bool open_ = false;
  std::string_view name_;
};

CallContext context_of(const TaskContext& task, std::string_view kwargs) {
  return {task.index, task.attempt, task.seed(), task.slot, kwargs, task.run_seed};
}

}  // namespace

void append_function(std::string& payload, const Function& function, Registry& registry) {
  if (function.chunk_entry() != nullptr) return put_bytes(payload, function.name());
  put<const Function*>(payload, function.late() ? nullptr : &function);
  if (!function.late()) return;
  put(payload, &registry);
  put(payload, function.signature().open);
  put_bytes(payload, function.name());
}

detail::Entry entry_of(const Function& function) noexcept {
  const detail::Entry own = function.chunk_entry();
  return own != nullptr ? own : &run_function_chunk;
}

void append_item(std::string& payload, const Function& function, std::string_view args, std::string_view kwargs) {
  put_bytes(payload, args);
  if (function.signature().open) put_bytes(payload, kwargs);
}

void run_function_chunk(detail::CallFrame& frame) {
  std::string_view rest = frame.payload;
  Callee callee(rest);
  std::string args;
  std::string result;
  for (std::uint32_t i = 0; i < frame.last; ++i) {
    std::string_view item;
    std::string_view kwargs;
    if (!frame.is_range) {
      item = take_bytes(rest);
      if (callee.open()) kwargs = take_bytes(rest);
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
      callee.get().call(item, context_of(*current_task(), kwargs), result);
    } catch (const detail::ThrowSite&) {
    } catch (...) {
      frame.failed(std::current_exception());
      continue;
    }
    frame.value(result.data(), result.size());
  }
}

}  // namespace prun
