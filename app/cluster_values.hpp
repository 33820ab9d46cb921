// What a command line says of other machines, as plain data.
#pragma once

#include "cluster/host.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace prun::app {

struct ClusterValues {
  bool given = false;                ///< the run is one of several machines
  std::vector<cluster::Host> hosts;  ///< as given; may name this machine
  std::vector<std::string> launcher{"ssh", "{host}", "{agent}"};
  std::string remote_prun;  ///< empty: the path of this prun
  bool copy_prun = false;   ///< hosts get this prun, if they lack it
  std::string workdir;      ///< empty: the current one
  bool local = true;
  std::vector<std::string> host_files;     ///< of --hosts-file
  std::vector<std::string> base_files;     ///< that each host gets
  bool slurm = false;                      ///< the nodes are those of a Slurm job
  bool needs_allocation = false;           ///< there is no job yet
  std::vector<std::string> slurm_options;  ///< words for salloc
  std::optional<std::string> nodes;        ///< how many nodes to ask for
  bool slurm_deadline = false;             ///< the run ends before the time limit of the job
  bool requeue = false;                    ///< a job that ends early is queued again
  std::chrono::milliseconds dead_after{3000};
  std::chrono::milliseconds retry_for{30'000};
};

}  // namespace prun::app
