// What the calls of a worker use, one after another. Linux counts by process, so this is for workers that are processes.
#pragma once

#include "ring/result_ring.hpp"

#include <sys/resource.h>

namespace prun::worker {

class CallUsage {
 public:
  /// @param follows the call begins where the one before it ended: nothing need be asked again
  void begin(bool follows) noexcept {
    if (!follows) ::getrusage(RUSAGE_SELF, &before_);
  }
  void end(ring::Stamps& stamps) noexcept;

 private:
  void add_child(ring::Stamps& stamps) noexcept;
  rusage before_{};
};

}  // namespace prun::worker
