#include "sys/shared_memory.hpp"

#include "sys/error.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace prun::sys {

SharedMemory::SharedMemory(std::size_t preferred, std::size_t least) {
  for (std::size_t size = preferred;; size = std::max(size / 2, least)) {
    void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (address != MAP_FAILED) {
      data_ = static_cast<std::byte*>(address);
      size_ = size;
      return;
    }
    if (size <= least) throw_errno("cannot map " + std::to_string(size) + " bytes of shared memory");
  }
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

SharedMemory::~SharedMemory() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

void SharedMemory::discard(std::size_t offset, std::size_t length) const noexcept {
  ::madvise(data_ + offset, length, MADV_REMOVE);
}

std::size_t page_size() noexcept {
  static const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  return size;
}

}  // namespace prun::sys
