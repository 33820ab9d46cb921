// No process, descriptor or memory is free to start a command now. The run tries again when another command has
// ended.
#pragma once

#include <cerrno>
#include <string_view>

namespace prun::command {

/// Errors of fork(2), pipe(2) and open(2) that disappear when other processes free their resources.
[[nodiscard]] constexpr bool may_pass(int error) noexcept {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/// The type of a failure that was such an error. The command has not begun to run.
inline constexpr std::string_view start_error_type = "prun::StartError";

}  // namespace prun::command
