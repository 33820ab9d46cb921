// The life of a process (or thread) that serves as a worker: set up, initialize, loop, exit.
#pragma once

#include "ring/region.hpp"
#include "worker/call_limits.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace prun::sys {
class PeerModules;
}

namespace prun::worker {

struct WorkerSetup {
  std::function<void()> initializer;  ///< may be empty; what it throws is an error of the pool
  std::vector<std::pair<std::string, std::string>> environment;  ///< set in worker processes
  ProcessLimits limits;                                          ///< of worker processes
  int event_fd = -1;                                             ///< see ring::Doorbell
  sys::PeerModules* peer = nullptr;  ///< the master's modules, for workers that were not forked from it
};

/// Call it in a newly forked process with a worker's signal actions (sys::reset_signal_actions). Returns after retirement.
void run_worker_process(const ring::Region& region, std::uint32_t worker, const WorkerSetup& setup);

/// Returns true if this process is a worker.
[[nodiscard]] bool in_worker_process() noexcept;
struct Seat {
  const ring::Region* region = nullptr;
  std::uint32_t worker = 0;
  std::string control_group{};  ///< the folder of its control group with limits; empty: it has none
};
[[nodiscard]] const Seat& own_seat() noexcept;

/// The same in a thread of the master.
void run_worker_thread(const ring::Region& region, std::uint32_t worker, const WorkerSetup& setup);

}  // namespace prun::worker
