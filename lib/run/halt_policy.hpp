// When a run is ended early, by what became of its tasks: GNU parallel's --halt. Counts nothing itself.
#pragma once

#include <cstdint>
#include <optional>

namespace prun {

struct HaltPolicy {
  enum class When : std::uint8_t {
    never,
    soon,  ///< start no more tasks, let those that run finish
    now,   ///< and end those that run
  };
  enum class What : std::uint8_t { fail, success, done };

  When when = When::never;
  What what = What::fail;
  std::uint64_t count = 0;
  double percent = 0;  ///< instead of a count, where not 0: of all tasks, as far as they are known

  /// @param total of all tasks; where unknown, 0: then it is taken of those that are done, from the third on
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
