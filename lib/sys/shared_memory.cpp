#include "sys/shared_memory.hpp"

#include "sys/error.hpp"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace prun::sys {
namespace {

/// An unnamed file of `size` bytes; empty if it cannot be created.
Fd memory_file(std::size_t size) {
  rlimit largest{};
  ::getrlimit(RLIMIT_FSIZE, &largest);  // beyond this limit ftruncate(2) would not fail, but send SIGXFSZ
  if (largest.rlim_cur != RLIM_INFINITY && largest.rlim_cur < size) return {};
  Fd file(::memfd_create("prun", MFD_CLOEXEC));
  if (file && ::ftruncate(file.get(), static_cast<off_t>(size)) != 0) file.reset();
  return file;
}

}  // namespace

SharedMemory::SharedMemory(std::size_t preferred, std::size_t least) {
  for (std::size_t size = preferred;; size = std::max(size / 2, least)) {
    fd_ = memory_file(size);
    if (map(size)) return;
    if (size <= least) throw_errno("cannot map " + std::to_string(size) + " bytes of shared memory");
  }
}

SharedMemory::SharedMemory(Fd fd) : fd_(std::move(fd)) {
  struct stat status {};
  checked(::fstat(fd_.get(), &status), "shared memory");
  if (!map(static_cast<std::size_t>(status.st_size))) throw_errno("cannot map the shared memory");
}

bool SharedMemory::map(std::size_t size) {
  const int flags = fd_ ? MAP_SHARED | MAP_NORESERVE : MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd_.get(), 0);
  if (address == MAP_FAILED) return false;
  data_ = static_cast<std::byte*>(address);
  size_ = size;
  return true;
}

SharedMemory::SharedMemory(SharedMemory&& other) noexcept
    : fd_(std::move(other.fd_)), data_(std::exchange(other.data_, nullptr)), size_(std::exchange(other.size_, 0)) {}

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
