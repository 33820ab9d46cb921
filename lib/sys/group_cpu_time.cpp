#include "sys/group_cpu_time.hpp"

#include "sys/proc_text.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace prun::sys {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// Clock ticks that a process, and those that it has waited for, have used; 0 where it is of another group. Fields as
/// proc(5) counts them, behind the name, which may hold anything: 3 is the state, 5 the group, 14 to 17 the times.
std::uint64_t ticks_in_group(std::string_view stat, pid_t group) {
  stat.remove_prefix(std::min(stat.rfind(')') + 2, stat.size()));
  std::uint64_t ticks = 0;
  for (int field = 3; field <= 17 && !stat.empty(); ++field) {
    const auto number = number_in(take(stat, ' '));
    if (field == 5 && number != static_cast<std::uint64_t>(group)) return 0;
    if (field >= 14) ticks += number.value_or(0);
  }
  return ticks;
}

}  // namespace

std::chrono::microseconds group_cpu_time(pid_t group) {
  std::uint64_t ticks = 0;
  const std::unique_ptr<DIR, CloseDirectory> processes(::opendir("/proc"));
  while (const dirent* entry = processes ? ::readdir(processes.get()) : nullptr) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    if (!number_in(name)) continue;
    ticks += ticks_in_group(contents("/proc/" + std::string(name) + "/stat"), group);
  }
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return std::chrono::microseconds(ticks * 1'000'000 / per_second);
}

}  // namespace prun::sys
