// What the end of a worker process means to the call that it was in: a failure, in words, and what the call had used. Decides
// nothing else.
#pragma once

#include "pool/worker_host.hpp"
#include "ring/layout.hpp"

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <optional>

namespace prun::pool {

struct WorkerEnd {
  enum class Cause : std::uint8_t {
    its_own,   ///< it crashed, exited, or was killed from outside
    overdue,   ///< the master killed it, as its call took too long
    memory,    ///< the system killed it, as all in its control group together had more memory than they may
    terminal,  ///< the master killed it, as it wanted the terminal and was stopped for that
    corrupt,   ///< the master killed it, as it had damaged the shared memory
  };
  std::int32_t pid = 0;
  std::int32_t status = 0;  ///< as waitpid(2) gives it
  ring::DeathNote note = ring::DeathNote::none;
  Cause cause = Cause::its_own;
  std::chrono::nanoseconds timeout{};  ///< where overdue: how long a call may take
};

[[nodiscard]] Failure failure_of(const WorkerEnd& end);

/// What a worker has used since the call began that it died in. Of one that has a partner nobody knows: either may have made the
/// call.
[[nodiscard]] std::optional<Usage> usage_of_last_call(const ring::WorkerBlock& block, const WorkerHost::Used& used);

}  // namespace prun::pool
