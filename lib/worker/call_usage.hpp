// What the calls of a worker use, one after another. Linux counts by process, so this is for workers that are processes.
#pragma once

#include "ring/result_ring.hpp"

#include <sys/resource.h>

namespace prun::worker {

class CallUsage {
 public:
  /// Where the call begins as soon as the one before it ended, nothing need be asked again.
  void begin() noexcept {
    if (!follows_) ::getrusage(RUSAGE_SELF, &before_);
  }
  void end(ring::Stamps& stamps) noexcept;
  /// The worker does something else now, such as waiting for tasks.
  void pause() noexcept { follows_ = false; }

 private:
  void add_child(ring::Stamps& stamps) noexcept;
  rusage before_{};
  bool follows_ = false;
};

}  // namespace prun::worker
