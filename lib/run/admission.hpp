// Delays the start of new tasks: for a pause between tasks, while the machine is busy, and while memory is short. MemoryAdmission
// decides whether a single task has enough memory.
#pragma once

#include "event/run_event.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace prun {

struct AdmissionOptions {
  std::chrono::nanoseconds delay{0};  ///< between the starts of tasks
  std::optional<double> max_load;     ///< runnable processes, as /proc/loadavg counts them now
  std::uint64_t min_free_memory = 0;  ///< bytes that must be available
  bool by_memory = false;  ///< a task starts only if the peak memory that its function has used so far is free
};

class Admission {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Admission(const AdmissionOptions& options)
      : options_(options),
        holds_back_(options.delay.count() != 0 || options.max_load || options.min_free_memory != 0 ||
                    options.by_memory) {}

  /// Returns true if an option can delay tasks.
  [[nodiscard]] bool holds_back() const noexcept { return holds_back_; }
  /// Returns true if a task may start now.
  [[nodiscard]] bool open(Clock::time_point now);
  /// After `open` returned false: the time at which to ask again; absent: at any time.
  [[nodiscard]] std::optional<Clock::time_point> opens_at(Clock::time_point now) const noexcept {
    if (may_be_open(now)) return std::nullopt;
    return next_start_ < next_look_ ? next_look_ : next_start_;
  }
  /// Returns true if `open` may return true, without looking at the machine.
  [[nodiscard]] bool may_be_open(Clock::time_point now) const noexcept {
    return now >= next_start_ && now >= next_look_;
  }
  /// Records another reason that delays the next task. Ask again later, or when it has changed.
  void look_later(Clock::time_point now, HeldBack::Reason reason) noexcept {
    next_look_ = now + between_looks;
    reason_ = reason;
  }
  void look_again() noexcept { next_look_ = {}; }
  /// The reason why it is not open.
  [[nodiscard]] HeldBack::Reason reason(Clock::time_point now) const noexcept {
    if (now < next_start_) return HeldBack::Reason::delay;
    return now < next_look_ ? reason_ : HeldBack::Reason::nothing;
  }
  /// A task has started.
  void started(Clock::time_point now) noexcept { next_start_ = now + options_.delay; }

 private:
  static constexpr std::chrono::milliseconds between_looks{200};
  [[nodiscard]] HeldBack::Reason lacking() const;

  AdmissionOptions options_;
  bool holds_back_;
  Clock::time_point next_start_{};
  Clock::time_point next_look_{};
  HeldBack::Reason reason_ = HeldBack::Reason::nothing;  ///< until the next look
};

}  // namespace prun
