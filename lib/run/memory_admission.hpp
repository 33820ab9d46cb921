// Whether a task's memory is free: what its function was seen to use, against what there is, less what running tasks are still
// expected to take. Plain arithmetic: how much is free and how much tasks have taken is told to it.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace prun {

class Function;

/// The machine at one moment.
struct MemoryState {
  struct Taken {
    std::uint64_t index;  ///< of a running task
    std::uint64_t bytes;  ///< that it has now
  };
  std::uint64_t free = 0;  ///< bytes that may still be taken
  std::vector<Taken> taken;
};

class MemoryAdmission {
 public:
  void started(std::uint64_t index, const Function& function) { running_.insert_or_assign(index, &function); }
  /// @param peak the most that the attempt has had; 0: not known
  void ended(std::uint64_t index, std::uint64_t peak);

  /// A task of `function` may start. Where nothing of the function was seen to use memory, nothing is expected of it; where no
  /// task runs, one may always start.
  [[nodiscard]] bool admits(const Function& function, const MemoryState& state);

  /// What a task of `function` is expected to have at its peak.
  [[nodiscard]] std::uint64_t expected(const Function& function) const;

 private:
  void saw(const Function& function, std::uint64_t bytes);

  std::unordered_map<const Function*, std::uint64_t> peaks_;
  std::unordered_map<std::uint64_t, const Function*> running_;
};

}  // namespace prun
