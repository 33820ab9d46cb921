#include "command/command_group.hpp"

#include "sys/cgroup_children.hpp"
#include "sys/error.hpp"

#include <fcntl.h>

#include <optional>
#include <utility>

namespace prun::command {
namespace {

// A property of the process, like its control group. Set once, before the first call.
std::optional<CommandGroup>& own_group() noexcept {
  static std::optional<CommandGroup> group;
  return group;
}

}  // namespace

void CommandGroup::use(const std::string& folder) { own_group().emplace(folder); }

CommandGroup* CommandGroup::current() noexcept { return own_group() ? &*own_group() : nullptr; }

CommandGroup::CommandGroup(const std::string& folder)
    : entrance_(sys::open_cgroup_entrance(folder)), folder_(folder), kills_seen_(sys::memory_kills_in(folder)) {
  if (!entrance_) sys::throw_errno(folder + "/cgroup.procs");
}

bool CommandGroup::killed() {
  const std::uint64_t now = sys::memory_kills_in(folder_);
  return std::exchange(kills_seen_, now) < now;
}

}  // namespace prun::command
