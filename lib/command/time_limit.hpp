// A time limit for calls that is found while the run goes on (--timeout 3x). It is one word in shared memory.
//
//   0 (no limit yet)  -- master, any number of times: store -->  nanoseconds
//
// Workers only read it. It does not know how the limit is found.
#pragma once

#include "sys/shared_memory.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace prun::command {

class TimeLimit {
 public:
  /// Create it before the workers start. @throws std::system_error
  TimeLimit();

  void set(std::chrono::nanoseconds limit) noexcept { word().store(limit.count(), std::memory_order_relaxed); }
  [[nodiscard]] std::optional<std::chrono::nanoseconds> get() const noexcept;

 private:
  [[nodiscard]] std::atomic<std::int64_t>& word() const noexcept {
    return *reinterpret_cast<std::atomic<std::int64_t>*>(memory_.data());
  }

  sys::SharedMemory memory_;
};

}  // namespace prun::command
