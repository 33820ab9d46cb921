#include "worker/call_usage.hpp"

#include <prun/detail/child_usage.hpp>

#include <algorithm>
#include <atomic>
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

void CallUsage::begin_first(std::int64_t now) noexcept {
  ::getrusage(RUSAGE_SELF, &before_);
  asked_at_ = now;
  given_us_ = 0;
  first_ = true;
  note_begin();
}

void CallUsage::end(ring::Stamps& stamps, std::int64_t now) noexcept {
  const bool asks = first_ || child_of_call || now - asked_at_ >= longest_unasked_ns;
  stamps.timed = asks ? ring::Timed::usage : ring::Timed::assumed;
  if (asks) {
    ask(stamps);
    asked_at_ = now;
  } else {
    given_us_ += stamps.duration / 1000;
  }
  follows_ = !child_of_call;  // its peak is not that of the calls after it
  first_ = false;
  if (child_of_call) add_child(stamps);
  note_begin();
}

// For the next call. The total at a death is that of the process and its reaped children.
void CallUsage::note_begin() noexcept {
  const auto relaxed = std::memory_order_relaxed;
  used_before_->user_us.store(microseconds(before_.ru_utime) + given_us_ + children_.user.count(), relaxed);
  used_before_->system_us.store(microseconds(before_.ru_stime) + children_.system.count(), relaxed);
  const auto minor = static_cast<std::uint64_t>(before_.ru_minflt) + children_.minor_faults;
  const auto major = static_cast<std::uint64_t>(before_.ru_majflt) + children_.major_faults;
  used_before_->minor_faults.store(static_cast<std::uint32_t>(minor), relaxed);
  used_before_->major_faults.store(static_cast<std::uint32_t>(major), relaxed);
}

void CallUsage::ask(ring::Stamps& stamps) noexcept {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  const std::int64_t user = microseconds(now.ru_utime) - microseconds(before_.ru_utime);
  const std::int64_t system = microseconds(now.ru_stime) - microseconds(before_.ru_stime);
  const std::int64_t of_user = std::clamp<std::int64_t>(given_us_, 0, user);
  stamps.user_us = user - of_user;
  stamps.system_us = std::max<std::int64_t>(system - (given_us_ - of_user), 0);
  stamps.max_rss_kib = static_cast<std::uint32_t>(now.ru_maxrss);
  stamps.minor_faults = static_cast<std::uint32_t>(now.ru_minflt - before_.ru_minflt);
  stamps.major_faults = static_cast<std::uint32_t>(now.ru_majflt - before_.ru_majflt);
  before_ = now;
  given_us_ = 0;
}

// The worker's own peak is that of its whole life, and it mostly waited.
void CallUsage::add_child(ring::Stamps& stamps) noexcept {
  const Usage child = *std::exchange(child_of_call, std::nullopt);
  stamps.user_us += child.user.count();
  stamps.system_us += child.system.count();
  stamps.max_rss_kib = static_cast<std::uint32_t>(child.max_rss / 1024);
  stamps.minor_faults += static_cast<std::uint32_t>(child.minor_faults);
  stamps.major_faults += static_cast<std::uint32_t>(child.major_faults);
  children_.user += child.user;
  children_.system += child.system;
  children_.minor_faults += child.minor_faults;
  children_.major_faults += child.major_faults;
}

}  // namespace worker
}  // namespace prun
