#include "worker/call_usage.hpp"

#include <prun/detail/child_usage.hpp>

#include <optional>
#include <utility>

namespace prun {
namespace {

thread_local std::optional<Usage> child_of_call;

}  // namespace

void detail::count_child(const Usage& usage) noexcept { child_of_call = usage; }

namespace worker {
namespace {

std::int64_t microseconds(const timeval& time) noexcept { return std::int64_t{time.tv_sec} * 1'000'000 + time.tv_usec; }

}  // namespace

void CallUsage::end(ring::Stamps& stamps) noexcept {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  stamps.user_us = microseconds(now.ru_utime) - microseconds(before_.ru_utime);
  stamps.system_us = microseconds(now.ru_stime) - microseconds(before_.ru_stime);
  stamps.max_rss_kib = static_cast<std::uint32_t>(now.ru_maxrss);
  stamps.minor_faults = static_cast<std::uint32_t>(now.ru_minflt - before_.ru_minflt);
  stamps.major_faults = static_cast<std::uint32_t>(now.ru_majflt - before_.ru_majflt);
  stamps.used = 1;
  before_ = now;
  follows_ = true;
  if (child_of_call) add_child(stamps);
}

// The worker's own peak is of its whole life, and it did little but wait.
void CallUsage::add_child(ring::Stamps& stamps) noexcept {
  const Usage child = *std::exchange(child_of_call, std::nullopt);
  stamps.user_us += child.user.count();
  stamps.system_us += child.system.count();
  stamps.max_rss_kib = static_cast<std::uint32_t>(child.max_rss / 1024);
  stamps.minor_faults += static_cast<std::uint32_t>(child.minor_faults);
  stamps.major_faults += static_cast<std::uint32_t>(child.major_faults);
}

}  // namespace worker
}  // namespace prun
