// Stops a program with everything that it has started: sends SIGTERM (SIGINT after Ctrl-C), gives it time to clean up, and
// kills it. It never waits by itself.
//
//   running --begin--> asked --the grace period is over, or is 0--> killed
#pragma once

#include "command/run_ending.hpp"
#include "command/time_limit.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace prun::command {

/// The settings for all programs of a run.
struct Stopping {
  std::optional<std::chrono::nanoseconds> timeout{};  ///< for a call
  std::unique_ptr<TimeLimit> found_timeout{};         ///< for a call, found during the run; null: there is none
  std::chrono::microseconds cpu_limit{0};             ///< for a call with everything that it starts; 0: none
  std::chrono::nanoseconds grace = std::chrono::milliseconds(400);
  std::unique_ptr<RunEnding> ending{};  ///< null: the end of the run is not announced
  bool own_process = true;  ///< its process makes only this call and adopts orphans: all descendants are the call's
  /// Calls start no children but programs of prun's. Other children are orphans, to be reaped.
  bool only_programs = true;

  /// The time limit of a call as far as it is known by now.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> limit() const noexcept {
    return found_timeout ? found_timeout->get() : timeout;
  }
};

class StopSequence {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Reason : std::uint8_t { none, timeout, cpu_limit, run_ended, terminal };

  /// Create it before the program starts: existing descendants of this process do not belong to the program.
  explicit StopSequence(const Stopping& stopping);
  /// For a program that already runs: its descendants belong to it.
  StopSequence(const Stopping& stopping, pid_t leader) noexcept
      : stopping_(&stopping), all_below_(false), leader_(leader) {}
  StopSequence(const StopSequence&) = delete;
  StopSequence& operator=(const StopSequence&) = delete;

  /// The process of the program, which leads a group.
  void watch(pid_t leader) noexcept { leader_ = leader; }

  /// Asks it to exit. Only the first call has an effect.
  void begin(Reason reason, int signal);
  /// Its time is over: kills it now. Call it after `begin`.
  void hurry();
  /// Kills it if its time is over.
  void advance();

  [[nodiscard]] Reason reason() const noexcept { return reason_; }
  [[nodiscard]] bool begun() const noexcept { return reason_ != Reason::none; }
  [[nodiscard]] bool killed() const noexcept { return killed_; }
  /// The time of the next `advance`; absent: none.
  [[nodiscard]] std::optional<Clock::time_point> next() const noexcept;

  /// Returns true if nothing that the program has started is left, except perhaps the program. Reaps what has ended.
  [[nodiscard]] bool others_are_gone();

 private:
  [[nodiscard]] std::vector<pid_t> others();
  void send(int signal);

  const Stopping* stopping_;
  bool all_below_;                  ///< all descendants of this process belong to the program, except those left behind
  std::vector<pid_t> seen_;         ///< otherwise: the descendants of the leader while it lived
  std::vector<pid_t> left_behind_;  ///< by earlier calls
  pid_t leader_ = -1;
  Reason reason_ = Reason::none;
  bool killed_ = false;
  Clock::time_point kill_at_{};
  Clock::time_point give_up_at_{};  ///< do not wait longer for processes that hang in the kernel
};

}  // namespace prun::command
