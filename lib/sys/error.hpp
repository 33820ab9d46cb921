// Converts errno to exceptions. It does not know tasks and processes.
#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace prun::sys {

/// @throws std::system_error for the current `errno`: "what: the system's message"
[[noreturn]] inline void throw_errno(const std::string& what) {
  throw std::system_error(errno, std::generic_category(), what);
}

/// Returns `result` if it is not negative. @throws std::system_error otherwise
template <class Integer>
Integer checked(Integer result, const char* what) {
  if (result < 0) throw_errno(what);
  return result;
}

/// Repeats `call` as long as a signal interrupts it.
template <class Call>
auto retry_interrupted(Call call) {
  auto result = call();
  while (result == -1 && errno == EINTR) result = call();
  return result;
}

}  // namespace prun::sys
