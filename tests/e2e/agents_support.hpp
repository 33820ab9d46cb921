// Finds the agents of a run whose launchers start them on this machine.
#pragma once

#include <sys/types.h>

#include <vector>

namespace prun::test {

/// The agents of a run that have started their workers.
[[nodiscard]] std::vector<pid_t> agents_of(pid_t head);

}  // namespace prun::test
