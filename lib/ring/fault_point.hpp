// Named steps of the protocol at which a test can kill a worker. Compiled to nothing unless PRUN_FAULTS is defined, which
// only one test does, in its own build of the library (tests/fault).
#pragma once

#ifdef PRUN_FAULTS

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstring>

namespace prun::ring {

/// Where and how to die. It is in shared memory, so that exactly one worker dies, once.
struct FaultPlan {
  const char* step = "";
  std::atomic<std::int64_t> passes{0};  ///< the pass that decrements it to 0 is fatal
  std::atomic<std::uint32_t> fired{0};
  pid_t spared = 0;  ///< the master, which takes some of the steps too and must not die
  void (*die)() = nullptr;
};

inline FaultPlan* fault_plan = nullptr;

inline void fault_point(const char* step) noexcept {
  FaultPlan* plan = fault_plan;
  if (plan == nullptr || std::strcmp(plan->step, step) != 0 || ::getpid() == plan->spared) return;
  if (plan->passes.fetch_sub(1) != 1) return;
  plan->fired.store(1);
  plan->die();
}

}  // namespace prun::ring

#define PRUN_FAULT_POINT(step) ::prun::ring::fault_point(step)
#else
#define PRUN_FAULT_POINT(step) static_cast<void>(0)
#endif
