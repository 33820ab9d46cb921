// See median_timeout.hpp.
#include "run/median_timeout.hpp"

#include <algorithm>
#include <bit>
#include <variant>

namespace prun {

// Below 64 each time has its place. From there on each power of two has 64 places.
std::uint32_t RunningMedian::place_of(std::uint64_t time) noexcept {
  if (time < parts) return static_cast<std::uint32_t>(time);
  const auto power = static_cast<std::uint32_t>(std::bit_width(time)) - 1;  // at least 6
  const auto part = static_cast<std::uint32_t>(time >> (power - 6)) - parts;
  return std::min((power - 5) * parts + part, static_cast<std::uint32_t>(parts * 60 - 1));
}

std::uint64_t RunningMedian::time_at(std::uint32_t place) noexcept {
  if (place < parts) return place;
  const std::uint32_t power = place / parts + 5;
  return (std::uint64_t{parts} + place % parts) << (power - 6);
}

void RunningMedian::add(std::chrono::nanoseconds time) noexcept {
  ++counts_[place_of(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)))];
  ++count_;
}

std::chrono::nanoseconds RunningMedian::value() const noexcept {
  std::uint64_t seen = 0;
  std::uint32_t place = 0;
  while (place + 1 < counts_.size() && (seen += counts_[place]) * 2 < count_) ++place;
  return std::chrono::nanoseconds(time_at(place));
}

void MedianTimeout::on_event(const RunEvent& event) {
  const auto* attempt = std::get_if<AttemptEnded>(&event);
  if (attempt == nullptr || attempt->failure != nullptr) return;
  median_.add(std::chrono::nanoseconds(attempt->info.duration_ns));
  if (median_.count() < next_look_) return;
  next_look_ = median_.count() + median_.count() / 16 + 1;
  const std::chrono::duration<double, std::nano> limit = median_.value() * factor_;
  limit_->set(std::max(shortest_limit, std::chrono::duration_cast<std::chrono::nanoseconds>(limit)));
}

}  // namespace prun
