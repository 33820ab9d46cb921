// Decides whether there is enough memory for a task. It compares the peak memory of earlier tasks of the function with the free memory,
// minus the memory that running tasks are still expected to take. Pure arithmetic: it measures nothing itself.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace prun {

class Function;

/// The state of the machine at one moment.
struct MemoryState {
  struct Taken {
    std::uint64_t index;  ///< of a running task
    std::uint64_t bytes;  ///< that it uses now
  };
  std::uint64_t free = 0;  ///< bytes that are still available
  std::vector<Taken> taken;
};

class MemoryAdmission {
 public:
  void started(std::uint64_t index, const Function& function) { running_.insert_or_assign(index, &function); }
  /// @param peak the maximum of the attempt; 0: unknown
  void ended(std::uint64_t index, std::uint64_t peak);

  /// Returns true if a task of `function` may start. If no memory use of the function is known, it is expected to need none.
  /// If no task runs, one may always start.
  [[nodiscard]] bool admits(const Function& function, const MemoryState& state);

  /// The expected peak of a task of `function`.
  [[nodiscard]] std::uint64_t expected(const Function& function) const;

 private:
  void saw(const Function& function, std::uint64_t bytes);

  std::unordered_map<const Function*, std::uint64_t> peaks_;
  std::unordered_map<std::uint64_t, const Function*> running_;
};

}  // namespace prun
