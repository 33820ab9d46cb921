// Executes this program once more. Does not know what for.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <string>
#include <vector>

namespace prun::pool {

struct ProgramStart {
  std::vector<std::string> arguments;  ///< behind the program's name
  int keep = -1;                       ///< the descriptor that it gets, with the number that it has here
  std::string preload;                 ///< a file to load first; empty: none
};

/// Takes no lock and runs no handler of this process on the way, whatever its threads do (posix_spawn). Signals are blocked in
/// the new process. @throws std::system_error where there is no process to be had; std::runtime_error where this program cannot
/// be executed by itself
[[nodiscard]] pid_t spawn_program(const ProgramStart& start);

/// LD_PRELOAD as it is here; "" where it is not set.
[[nodiscard]] std::string own_preload();

}  // namespace prun::pool
