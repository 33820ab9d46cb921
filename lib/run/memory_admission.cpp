#include "run/memory_admission.hpp"

#include <algorithm>

namespace prun {

void MemoryAdmission::ended(std::uint64_t index, std::uint64_t peak) {
  const auto running = running_.extract(index);
  if (!running.empty()) saw(*running.mapped(), peak);
}

void MemoryAdmission::saw(const Function& function, std::uint64_t bytes) {
  if (bytes == 0) return;
  std::uint64_t& peak = peaks_[&function];
  peak = std::max(peak, bytes);
}

std::uint64_t MemoryAdmission::expected(const Function& function) const {
  const auto known = peaks_.find(&function);
  return known != peaks_.end() ? known->second : 0;
}

bool MemoryAdmission::admits(const Function& function, const MemoryState& state) {
  if (running_.empty()) return true;
  std::unordered_map<std::uint64_t, std::uint64_t> taken;
  for (const MemoryState::Taken& task : state.taken) {
    taken[task.index] = task.bytes;
    const auto running = running_.find(task.index);
    if (running != running_.end()) saw(*running->second, task.bytes);  // for a function of which no task has ended yet
  }
  std::uint64_t promised = 0;
  for (const auto& [index, running] : running_)
    promised += expected(*running) - std::min(expected(*running), taken[index]);
  const std::uint64_t wanted = expected(function);
  return promised <= state.free && wanted <= state.free - promised;
}

}  // namespace prun
