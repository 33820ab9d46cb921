// No process, descriptor or memory is free to start a program now: a command, or one that serves functions. The run tries again when
// another task has ended.
#pragma once

#include "sys/process_limit.hpp"

#include <prun/error.hpp>

#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>

namespace prun::command {

/// Errors of fork(2), pipe(2) and open(2) that disappear when other processes free their resources.
[[nodiscard]] constexpr bool may_pass(int error) noexcept {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/// The type of a failure that was such an error. The task has not begun to run.
inline constexpr std::string_view start_error_type = "prun::StartError";

/// @param type of the failure if the error will not pass
[[nodiscard]] inline Failure start_failure(const std::system_error& error, std::string_view type) {
  const int code = error.code().value();
  Failure failure;
  failure.type = may_pass(code) ? start_error_type : type;
  failure.message = std::string("cannot be started: ") + error.what() + sys::limit_advice(code);
  return failure;
}

}  // namespace prun::command
