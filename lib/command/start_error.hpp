// No process, descriptor or memory is free to start a command now; when something else has ended there may be. The run tries
// again then.
#pragma once

#include <cerrno>
#include <string_view>

namespace prun::command {

/// Errors of fork(2), pipe(2) and open(2) that pass when others give back what they have.
[[nodiscard]] constexpr bool may_pass(int error) noexcept {
  return error == EAGAIN || error == ENOMEM || error == EMFILE || error == ENFILE;
}

/// The type of a failure that was such an error. Nothing of the command has run.
inline constexpr std::string_view start_error_type = "prun::StartError";

}  // namespace prun::command
