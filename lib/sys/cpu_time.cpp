#include "sys/cpu_time.hpp"

#include "sys/proc_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace prun::sys {

// Fields as proc(5) counts them, behind the name, which may hold anything: 3 is the state, 14 to 17 the times.
std::chrono::microseconds cpu_time_of(pid_t pid) {
  const std::string text = contents("/proc/" + std::to_string(pid) + "/stat");
  std::string_view stat = text;
  stat.remove_prefix(std::min(stat.rfind(')') + 2, stat.size()));
  std::uint64_t ticks = 0;
  for (int field = 3; field <= 17 && !stat.empty(); ++field) {
    const auto number = number_in(take(stat, ' '));
    if (field >= 14) ticks += number.value_or(0);
  }
  return std::chrono::microseconds(ticks * 1'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK)));
}

}  // namespace prun::sys
