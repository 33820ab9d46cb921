// Executes this program again. It does not know why.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace prun::pool {

struct ProgramStart {
  std::vector<std::string> arguments;  ///< after the program's name
  int keep = -1;                       ///< the descriptor that it inherits, with the same number
  std::string preload;                 ///< a file to preload; empty: none
};

/// Takes no lock and runs no handler of this process, whatever its threads do (posix_spawn). Signals are blocked in the new
/// process. @throws std::system_error if no process is available; std::runtime_error if this program cannot be executed by
/// itself
[[nodiscard]] pid_t spawn_program(const ProgramStart& start);

/// The value of LD_PRELOAD; "" if it is not set.
[[nodiscard]] std::string own_preload();

}  // namespace prun::pool
