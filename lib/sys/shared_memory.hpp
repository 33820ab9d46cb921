// Memory that this process and those it forks see alike. It has no name, so nothing can be left behind: the system takes it
// back when the last process that maps it is gone, however it ended.
#pragma once

#include "sys/fd.hpp"

#include <cstddef>
#include <span>

namespace prun::sys {

class SharedMemory {
 public:
  /// Reserves address space for `preferred` bytes, or where the process may not have so much, for less, down to `least`.
  /// Pages are only used up once touched. @throws std::system_error where not even `least` can be had
  SharedMemory(std::size_t preferred, std::size_t least);
  /// The same memory in a process that was given the descriptor. @throws std::system_error where it cannot be mapped
  explicit SharedMemory(Fd fd);
  SharedMemory(SharedMemory&& other) noexcept;
  SharedMemory& operator=(SharedMemory&&) = delete;
  SharedMemory(const SharedMemory&) = delete;
  ~SharedMemory();

  [[nodiscard]] std::byte* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// To be given to a process that is not forked of this one; -1 where the system has no such descriptors, or the process may
  /// not have a file so large (RLIMIT_FSIZE).
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

  /// Gives the pages of a part back to the system; it reads as zeros then. Offset and length in whole pages.
  void discard(std::size_t offset, std::size_t length) const noexcept;

 private:
  [[nodiscard]] bool map(std::size_t size);

  Fd fd_;
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

[[nodiscard]] std::size_t page_size() noexcept;

}  // namespace prun::sys
