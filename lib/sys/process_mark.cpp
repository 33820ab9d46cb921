#include "sys/process_mark.hpp"

#include "sys/shared_memory.hpp"

#include <pthread.h>
#include <sys/mman.h>

#include <new>

namespace prun::sys {
namespace {

using Word = std::atomic<std::uint32_t>;

/// The kernel clears this page in each child. Null before Linux 4.14.
Word* word_that_is_wiped() noexcept {
  void* page = ::mmap(nullptr, page_size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return nullptr;
  if (::madvise(page, page_size(), MADV_WIPEONFORK) == 0) return new (page) Word(0);
  ::munmap(page, page_size());
  return nullptr;
}

/// Does not work for children of clone(2), which runs no handlers.
Word& word_that_a_handler_clears() noexcept {
  static Word cleared{0};
  ::pthread_atfork(nullptr, nullptr, [] { cleared.store(0, std::memory_order_relaxed); });
  return cleared;
}

Word& word() noexcept {
  static Word* const wiped = word_that_is_wiped();
  static Word& own = wiped != nullptr ? *wiped : word_that_a_handler_clears();
  return own;
}

}  // namespace

const std::atomic<std::uint32_t>& mark_process() noexcept {
  word().store(1, std::memory_order_relaxed);
  return word();
}

}  // namespace prun::sys
