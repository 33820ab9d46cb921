// The control group of this worker's commands, separate from the worker's own. If its memory limit is exceeded, the kernel
// kills the command with all that it has started. The worker lives on to report this, with the output so far. This file
// knows neither the limit nor who created the group.
#pragma once

#include "sys/fd.hpp"

#include <cstdint>
#include <string>

namespace prun::command {

class CommandGroup {
 public:
  /// From now on, commands of this process start in the group `folder`. @throws std::system_error if it cannot be written
  static void use(const std::string& folder);
  /// Null: commands stay in the group of their worker.
  [[nodiscard]] static CommandGroup* current() noexcept;

  explicit CommandGroup(const std::string& folder);

  /// Descriptor of cgroup.procs: a process that writes 0 to it moves into the group.
  [[nodiscard]] int entrance() const noexcept { return entrance_.get(); }
  /// Ignores earlier kills, such as that of a process left behind by an earlier command.
  void begin() { (void)killed(); }
  /// Returns true if the kernel has killed a process of the group for lack of memory since the last call.
  [[nodiscard]] bool killed();

 private:
  sys::Fd entrance_;
  std::string folder_;
  std::uint64_t kills_seen_ = 0;
};

}  // namespace prun::command
