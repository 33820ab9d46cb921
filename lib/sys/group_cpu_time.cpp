#include "sys/group_cpu_time.hpp"

#include "sys/proc_text.hpp"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::sys {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

/// Clock ticks that a process, and those that it has waited for, have used; absent where it is of another group. Fields as
/// proc(5) counts them, behind the name, which may hold anything: 3 is the state, 5 the group, 14 to 17 the times.
std::optional<std::uint64_t> ticks_in_group(std::string_view stat, pid_t group) {
  stat.remove_prefix(std::min(stat.rfind(')') + 2, stat.size()));
  if (stat.empty()) return std::nullopt;  // it has ended
  std::uint64_t ticks = 0;
  for (int field = 3; field <= 17 && !stat.empty(); ++field) {
    const auto number = number_in(take(stat, ' '));
    if (field == 5 && number != static_cast<std::uint64_t>(group)) return std::nullopt;
    if (field >= 14) ticks += number.value_or(0);
  }
  return ticks;
}

}  // namespace

std::vector<ProcessCpuTime> group_cpu_times(pid_t group) {
  std::vector<ProcessCpuTime> times;
  const auto per_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  const std::unique_ptr<DIR, CloseDirectory> processes(::opendir("/proc"));
  while (const dirent* entry = processes ? ::readdir(processes.get()) : nullptr) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    const auto pid = number_in(name);
    if (!pid) continue;
    const auto ticks = ticks_in_group(contents("/proc/" + std::string(name) + "/stat"), group);
    if (ticks) times.push_back({static_cast<pid_t>(*pid), std::chrono::microseconds(*ticks * 1'000'000 / per_second)});
  }
  return times;
}

std::chrono::microseconds group_cpu_time(pid_t group) {
  std::chrono::microseconds sum{0};
  for (const ProcessCpuTime& process : group_cpu_times(group)) sum += process.time;
  return sum;
}

}  // namespace prun::sys
