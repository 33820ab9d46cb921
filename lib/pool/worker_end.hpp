// Describes the end of a worker process as the failure of its current call, and the resource usage of that call. It decides
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
    overdue,   ///< the master killed it because its call exceeded the time limit
    memory,    ///< the kernel killed it because its control group exceeded the memory limit
    terminal,  ///< the master killed it because it was stopped for using the terminal
    corrupt,   ///< the master killed it because it had damaged the shared memory
  };
  std::int32_t pid = 0;
  std::int32_t status = 0;  ///< as waitpid(2) returns it
  ring::DeathNote note = ring::DeathNote::none;
  Cause cause = Cause::its_own;
  std::chrono::nanoseconds timeout{};  ///< the time limit of the call, if overdue
};

[[nodiscard]] Failure failure_of(const WorkerEnd& end);

/// The resource usage of a worker in the call in which it died. Unknown for a worker with a partner, because either process
/// may have made the call.
[[nodiscard]] std::optional<Usage> usage_of_last_call(const ring::WorkerBlock& block, const WorkerHost::Used& used);

}  // namespace prun::pool
