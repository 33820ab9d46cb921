// See time_limit.hpp.
#include "command/time_limit.hpp"

#include <new>

namespace prun::command {

TimeLimit::TimeLimit() : memory_(sys::page_size(), sys::page_size()) {
  static_assert(std::atomic<std::int64_t>::is_always_lock_free);
  new (memory_.data()) std::atomic<std::int64_t>(0);
}

std::optional<std::chrono::nanoseconds> TimeLimit::get() const noexcept {
  const std::int64_t limit = word().load(std::memory_order_relaxed);
  return limit == 0 ? std::nullopt : std::optional(std::chrono::nanoseconds(limit));
}

}  // namespace prun::command
