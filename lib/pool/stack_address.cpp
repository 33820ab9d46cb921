// Recognizes addresses on the calling thread's stack, and refuses values that contain one.
#include <prun/detail/callable.hpp>
#include <prun/detail/stack_address.hpp>

#include <pthread.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>

namespace prun::detail {
namespace {

/// The end of the calling thread's stack; 0 if unknown. Determined once, because for the main thread it is read from a file.
std::uintptr_t stack_end() noexcept {
  thread_local const std::uintptr_t end = [] {
    pthread_attr_t attributes;
    if (::pthread_getattr_np(::pthread_self(), &attributes) != 0) return std::uintptr_t{0};
    void* lowest = nullptr;
    std::size_t size = 0;
    const int error = ::pthread_attr_getstack(&attributes, &lowest, &size);
    ::pthread_attr_destroy(&attributes);
    return error != 0 ? 0 : reinterpret_cast<std::uintptr_t>(lowest) + size;
  }();
  return end;
}

constexpr std::uintptr_t largest_stack = std::uintptr_t{1} << 32;

}  // namespace

// Only the part in use counts, from this frame on, so numbers that look like addresses are rarer. The stack of a coroutine
// library is far from the stack that the system knows.
bool holds_stack_address(const void* bytes, std::size_t size) noexcept {
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  const std::uintptr_t end = stack_end();
  if (here >= end || end - here > largest_stack) return false;
  const auto* at = static_cast<const char*>(bytes);
  for (std::size_t i = 0; i + sizeof(std::uintptr_t) <= size; i += sizeof(std::uintptr_t)) {
    std::uintptr_t word = 0;
    std::memcpy(&word, at + i, sizeof word);
    if (word >= here && word < end) return true;
  }
  return false;
}

void refuse_stack_address_in_callable() {
  throw std::invalid_argument(
      "prun: the function holds the address of a variable on this thread's stack (a capture by reference, [&], or a "
      "pointer): a worker process has a stack of its own, and would read something else there. Capture the value, [=], "
      "or pass it as an argument; ThreadPool takes captures by reference; for an address that is meant so there is "
      "prun::allow_addresses");
}

void refuse_stack_address_in_argument() {
  throw std::invalid_argument(
      "prun: an argument holds a pointer to a variable on this thread's stack (or a view or a reference of it): a "
      "worker "
      "process has a stack of its own, and would read something else there. Pass the value itself; where the bytes are "
      "no address, specialize prun::holds_no_addresses for their type");
}

}  // namespace prun::detail
