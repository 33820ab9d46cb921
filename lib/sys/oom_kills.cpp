#include "sys/oom_kills.hpp"

#include "sys/proc_text.hpp"

#include <utility>

namespace prun::sys {

OomKills::OomKills(std::string root) : root_(std::move(root)), seen_(count()) {}

bool OomKills::risen() {
  const std::uint64_t now = count();
  return std::exchange(seen_, now) < now;
}

std::uint64_t OomKills::count() const {
  return number_behind(contents(root_ + "/proc/vmstat"), "oom_kill").value_or(0);
}

}  // namespace prun::sys
