// `prun agent`: runs tasks for the prun of another machine, which has started it. It is not for users.
#pragma once

namespace prun::app {

/// @return the exit status
int run_agent();

}  // namespace prun::app
