// Reads the bounds of a thread's stack from its attributes.
#include "function/stack_limit.hpp"

#include <pthread.h>

#include <bit>

namespace prun {
namespace {

constexpr std::size_t reserve = std::size_t{128} * 1024;  // to throw and catch the exception, and for signal handlers

}  // namespace

StackLimit::StackLimit() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return;  // unknown: enforce no limit
  void* lowest = nullptr;
  std::size_t guard = 0;
  if (pthread_attr_getstack(&attributes, &lowest, &size_) == 0 && pthread_attr_getguardsize(&attributes, &guard) == 0) {
    floor_ = std::bit_cast<std::uintptr_t>(lowest) + guard + reserve;
  }
  pthread_attr_destroy(&attributes);
}

}  // namespace prun
