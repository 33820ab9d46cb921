// How many tasks a node should have at a time: enough that its workers are not idle while outcomes travel to the head and
// tasks travel back, and not more, because another node might run them. Pure arithmetic: time is passed in.
#pragma once

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>

namespace prun::cluster {

class CreditWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  static constexpr std::uint64_t largest = std::uint64_t{1} << 16U;
  static constexpr std::chrono::nanoseconds slack{5'000'000};  ///< for what both ends do between reading and writing
  static constexpr std::chrono::nanoseconds look_period{10'000'000};  ///< the rate is looked at so often

  void set_workers(std::uint32_t workers) noexcept { workers_ = std::max(workers, 1U); }

  /// A task has its outcome. @param duration of the call; 0: not measured
  void answered(Time now, std::chrono::nanoseconds duration) noexcept {
    if (duration.count() > 0) {
      const auto d = static_cast<double>(duration.count());
      mean_ns_ = mean_ns_ < 0 ? d : mean_ns_ + (d - mean_ns_) / 16;
    }
    if (count_ == 0) looked_ = now;
    ++count_;
    const std::chrono::nanoseconds elapsed = now - looked_;
    if (elapsed < look_period) return;
    const double rate = static_cast<double>(count_) / static_cast<double>(elapsed.count());
    rate_ = rate > rate_ ? rate : rate_ + (rate - rate_) / 4;
    count_ = 0;
  }

  /// A beat has come back after so long.
  void round_trip(std::chrono::nanoseconds time) noexcept {
    const auto t = static_cast<double>(std::max<std::int64_t>(time.count(), 0));
    round_trip_ns_ = round_trip_ns_ < 0 || t < round_trip_ns_ ? t : round_trip_ns_ + (t - round_trip_ns_) / 8;
  }
  [[nodiscard]] std::chrono::nanoseconds round_trip() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::max(round_trip_ns_, 0.0)));
  }

  /// Tasks that the node should have.
  [[nodiscard]] std::uint64_t size() const noexcept {
    double rate = rate_;
    if (mean_ns_ > 0) rate = std::min(rate, static_cast<double>(workers_) / mean_ns_);
    const double on_the_way = 2 * rate * (std::max(round_trip_ns_, 0.0) + static_cast<double>(slack.count()));
    const auto more = static_cast<std::uint64_t>(std::ceil(std::min(on_the_way, static_cast<double>(largest))));
    return std::min(workers_ + more, std::max<std::uint64_t>(largest, workers_));
  }

  /// The mean duration of a task; 0: not known.
  [[nodiscard]] std::chrono::nanoseconds mean() const noexcept {
    return std::chrono::nanoseconds(static_cast<std::int64_t>(std::max(mean_ns_, 0.0)));
  }

 private:
  std::uint64_t workers_ = 1;
  std::uint64_t count_ = 0;  ///< outcomes since `looked_`
  Time looked_{};
  double rate_ = 0;  ///< outcomes per nanosecond
  double mean_ns_ = -1;
  double round_trip_ns_ = -1;
};

}  // namespace prun::cluster
