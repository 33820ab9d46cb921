// The control group in which this worker's commands run, beside the worker's own: where the limit of memory is passed, the
// system ends the command with all that it has started, and the worker lives to tell it, with what was written until then.
// Knows neither the limit nor who made the group.
#pragma once

#include "sys/fd.hpp"

#include <cstdint>
#include <string>

namespace prun::command {

class CommandGroup {
 public:
  /// From now on this process's commands start in the group `folder`. @throws std::system_error where it cannot be written
  static void use(const std::string& folder);
  /// Null: commands stay where their worker is.
  [[nodiscard]] static CommandGroup* current() noexcept;

  explicit CommandGroup(const std::string& folder);

  /// A process that writes 0 there moves into the group.
  [[nodiscard]] int entrance() const noexcept { return entrance_.get(); }
  /// Forgets the kills of before, such as that of something that an earlier command has left behind.
  void begin() { (void)killed(); }
  /// The system has killed in the group, for want of memory, since this was last asked.
  [[nodiscard]] bool killed();

 private:
  sys::Fd entrance_;
  std::string folder_;
  std::uint64_t kills_seen_ = 0;
};

}  // namespace prun::command
