// The files of --hosts-file. They are read where the run is, and not by its agents.
#pragma once

#include "options/option_values.hpp"

namespace prun::app {

/// Appends the hosts of the files to the others. @throws UsageError
void read_host_files(ClusterValues& values);

}  // namespace prun::app
