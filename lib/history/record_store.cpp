// See record_store.hpp.
#include "history/record_store.hpp"

#include "command/spilled_files.hpp"
#include "sys/error.hpp"

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>

namespace prun::history {

void* allocate_block(std::size_t bytes) {
  void* const block = std::aligned_alloc(bytes, bytes);
  if (block == nullptr) throw std::bad_alloc();
  static_cast<void>(::madvise(block, bytes, MADV_HUGEPAGE));  // small pages work as well
  return block;
}

void free_block(void* block) noexcept { std::free(block); }

bool RecordFile::append(const void* bytes, std::size_t size) noexcept {
  if (error_) return false;
  try {
    if (!file_) file_ = command::make_unnamed_file();
    for (std::size_t done = 0; done < size;) {
      const auto wrote = sys::retry_interrupted([&] {
        return ::pwrite(file_.get(), static_cast<const char*>(bytes) + done, size - done,
                        static_cast<off_t>(size_ + done));
      });
      done += static_cast<std::size_t>(sys::checked(wrote, "cannot write the record of the run to a temporary file"));
    }
    size_ += size;
    return true;
  } catch (const std::exception& error) {
    error_ = error.what();
    return false;
  }
}

void RecordFile::read(void* bytes, std::size_t size, std::uint64_t offset) const {
  for (std::size_t done = 0; done < size;) {
    const auto got = sys::retry_interrupted([&] {
      return ::pread(file_.get(), static_cast<char*>(bytes) + done, size - done, static_cast<off_t>(offset + done));
    });
    if (sys::checked(got, "cannot read the record of the run from its temporary file") == 0)
      throw std::runtime_error("the temporary file of the record of the run is shorter than it was");
    done += static_cast<std::size_t>(got);
  }
}

}  // namespace prun::history
