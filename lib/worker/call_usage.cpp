#include "worker/call_usage.hpp"

namespace prun::worker {
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
}

}  // namespace prun::worker
