// The process group of the program that a call runs, told to whoever must reach it from outside. Set by the thread that makes
// the worker's calls.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>

namespace prun {

/// Where this thread's worker stores it; null: nowhere.
inline std::atomic<std::int32_t>*& running_child_place() noexcept {
  thread_local std::atomic<std::int32_t>* place = nullptr;
  return place;
}

/// The group is published while this exists. Destroy it before reaping the group's leader, so that its number is not reused.
class RunningChild {
 public:
  explicit RunningChild(pid_t group) noexcept { tell(group); }
  RunningChild(const RunningChild&) = delete;
  RunningChild& operator=(const RunningChild&) = delete;
  ~RunningChild() { end(); }
  void end() noexcept { tell(0); }

 private:
  static void tell(pid_t group) noexcept {
    if (auto* const place = running_child_place(); place != nullptr) place->store(group);
  }
};

}  // namespace prun
