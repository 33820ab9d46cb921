// `prun sem ...`: runs a command when a semaphore has a place for it. It does not know how its options are written.
#pragma once

#include "sem/sem_options.hpp"

namespace prun::app {

/// @return the exit status
[[nodiscard]] int run_sem(const RunSem& sem);

}  // namespace prun::app
