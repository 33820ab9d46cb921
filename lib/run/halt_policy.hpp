// Decides from the outcomes so far whether the run ends early: GNU parallel's --halt. It does not count by itself.
#pragma once

#include <cstdint>
#include <optional>

namespace prun {

struct HaltPolicy {
  enum class When : std::uint8_t {
    never,
    soon,  ///< start no more tasks, let running tasks finish
    now,   ///< start no more tasks, and stop running tasks
  };
  enum class What : std::uint8_t { fail, success, done };

  When when = When::never;
  What what = What::fail;
  std::uint64_t count = 0;
  double percent = 0;  ///< if not 0, replaces the count: percentage of all tasks, as far as they are known

  /// @param total number of all tasks; 0: unknown, then the percentage is of finished tasks, from the third one on
  [[nodiscard]] bool reached(std::uint64_t succeeded, std::uint64_t failed, std::uint64_t total) const noexcept {
    if (when == When::never) return false;
    const std::uint64_t done = succeeded + failed;
    const std::uint64_t counted = what == What::fail ? failed : what == What::success ? succeeded : done;
    if (percent == 0) return counted >= count;
    const std::uint64_t of = total != 0 ? total : done;
    return counted > 0 && (total != 0 || done >= 3) &&
           static_cast<double>(counted) * 100 >= percent * static_cast<double>(of);
  }
};

}  // namespace prun
