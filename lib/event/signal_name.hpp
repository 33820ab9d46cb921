// The names of signals, the same on every platform. It does not know processes.
#pragma once

#include <string>

namespace prun {

/// "SIGKILL", "SIGRTMIN+3"; "signal 77" for an unknown signal.
[[nodiscard]] std::string signal_name(int signal);

}  // namespace prun
