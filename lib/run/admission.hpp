// Holds new tasks back: for a pause between them, while the machine is busy, while memory is short.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace prun {

struct AdmissionOptions {
  std::chrono::nanoseconds delay{0};  ///< between the starts of tasks
  std::optional<double> max_load;     ///< processes that want to run, as /proc/loadavg counts them now
  std::uint64_t min_free_memory = 0;  ///< bytes that must be available
};

class Admission {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Admission(const AdmissionOptions& options)
      : options_(options),
        holds_back_(options.delay.count() != 0 || options.max_load || options.min_free_memory != 0) {}

  /// There is something to hold tasks back for.
  [[nodiscard]] bool holds_back() const noexcept { return holds_back_; }
  /// A task may start now.
  [[nodiscard]] bool open(Clock::time_point now);
  /// After `open` said no: when to ask again.
  [[nodiscard]] Clock::time_point next_look() const noexcept { return next_look_; }
  /// A task was started.
  void started(Clock::time_point now) noexcept { next_start_ = now + options_.delay; }

 private:
  [[nodiscard]] bool machine_is_free() const;

  AdmissionOptions options_;
  bool holds_back_;
  Clock::time_point next_start_{};
  Clock::time_point next_look_{};
};

}  // namespace prun
