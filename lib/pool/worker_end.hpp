// What the end of a worker process means to the call that it was in: a failure, in words. Decides nothing else.
#pragma once

#include "ring/layout.hpp"

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>

namespace prun::pool {

struct WorkerEnd {
  enum class Cause : std::uint8_t {
    its_own,  ///< it crashed, exited, or was killed from outside
    overdue,  ///< the master killed it, as its call took too long
    memory,   ///< the system killed it, as all in its control group together had more memory than they may
    corrupt,  ///< the master killed it, as it had damaged the shared memory
  };
  std::int32_t pid = 0;
  std::int32_t status = 0;  ///< as waitpid(2) gives it
  ring::DeathNote note = ring::DeathNote::none;
  Cause cause = Cause::its_own;
  std::chrono::nanoseconds timeout{};  ///< where overdue: how long a call may take
};

[[nodiscard]] Failure failure_of(const WorkerEnd& end);

}  // namespace prun::pool
