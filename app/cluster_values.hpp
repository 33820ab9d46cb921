// What a command line says of other machines, as plain data.
#pragma once

#include "cluster/host.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace prun::app {

struct ClusterValues {
  bool given = false;                 ///< the run is one of several machines
  std::vector<cluster::Host> hosts;   ///< as given; may name this machine
  std::vector<std::string> launcher{"ssh", "{host}", "{agent}"};
  std::string remote_prun;            ///< empty: the path of this prun
  std::string workdir;                ///< empty: the current one
  bool local = true;
  std::chrono::milliseconds dead_after{3000};
};

}  // namespace prun::app
