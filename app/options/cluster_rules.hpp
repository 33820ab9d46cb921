// Which options go together with other machines. Every option is one of three kinds: it works on the hosts, it is the head's (input,
// order, outputs, journal) and so holds for all tasks, or it is refused here. prun-cluster(7) has the list.
#pragma once

#include "cluster_values.hpp"
#include "options/command_line.hpp"

namespace prun::app {

/// @throws UsageError for an option that would hold for tasks of this machine only, and for one of --hosts without hosts
void check_cluster_options(const CommandLine& line, const ClusterValues& cluster);

}  // namespace prun::app
