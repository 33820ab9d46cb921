// Memory that is shared with forked processes. It has no name, so nothing is left behind: the kernel frees it when the last
// process that maps it exits, for whatever reason.
#pragma once

#include "sys/fd.hpp"

#include <cstddef>
#include <span>

namespace prun::sys {

class SharedMemory {
 public:
  /// Reserves address space for `preferred` bytes, or less if the process may not have so much, but at least `least`. Pages
  /// are allocated when touched. @throws std::system_error if not even `least` is available
  SharedMemory(std::size_t preferred, std::size_t least);
  /// Maps the memory in a process that received the descriptor. @throws std::system_error if it cannot be mapped
  explicit SharedMemory(Fd fd);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  SharedMemory(const SharedMemory&) = delete;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// The descriptor to send to a process that is not a fork of this one. -1 if the system has no such descriptors, or if the
  /// file is larger than allowed (RLIMIT_FSIZE).
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Returns the pages of a part to the system; they then read as zeros. Offset and length: multiples of the page size.
  void discard(std::size_t offset, std::size_t length) const noexcept;

 private:
  [[nodiscard]] bool map(std::size_t size);

  Fd fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

[[nodiscard]] std::size_t page_size() noexcept;

}  // namespace prun::sys
