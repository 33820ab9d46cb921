// The names of signals, the same on every platform. Knows nothing of processes.
#pragma once

#include <string>

namespace prun {

/// "SIGKILL", "SIGRTMIN+3"; "signal 77" where there is no such signal.
[[nodiscard]] std::string signal_name(int signal);

}  // namespace prun
