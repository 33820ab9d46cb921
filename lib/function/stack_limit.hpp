// Knows where the calling thread's stack ends, so that deep recursion can fail with an exception and not with a crash.
#pragma once

#include <cstddef>
#include <cstdint>

namespace prun {

class StackLimit {
 public:
  /// For the calling thread. Asks the operating system, which takes some microseconds.
  StackLimit();

  /// The lowest address that a frame may use. The room below is for the code at the end of a recursion.
  [[nodiscard]] std::uintptr_t floor() const noexcept { return floor_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }  ///< of the whole stack in bytes

 private:
  std::uintptr_t floor_ = 0;
  std::size_t size_ = 0;
};

}  // namespace prun
