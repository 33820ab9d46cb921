// How a program that runs too long is brought to its end, with all that it has started: it is asked (SIGTERM, or SIGINT where the
// user pressed Ctrl-C), has some time to clean up, and is killed. Waits for nothing itself.
//
//   running --begin--> asked --the grace is over, or there is none--> killed
#pragma once

#include "command/run_ending.hpp"

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace prun::command {

/// The same for all programs of a run.
struct Stopping {
  std::optional<std::chrono::nanoseconds> timeout{};  ///< of a call
  std::chrono::microseconds cpu_limit{0};             ///< of a call with all that it starts; 0: none
  std::chrono::nanoseconds grace = std::chrono::milliseconds(400);
  std::unique_ptr<RunEnding> ending{};  ///< null: nobody says so
  bool own_process = true;  ///< the caller is alone in its process and adopts orphans: all below it is the call's
};

class StopSequence {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Reason : std::uint8_t { none, timeout, cpu_limit, run_ended, terminal };

  /// Made before the program is started: what is below this process now is not the program's.
  explicit StopSequence(const Stopping& stopping);
  /// Of a program that runs already: what is below it is the program's.
  StopSequence(const Stopping& stopping, pid_t leader) noexcept
      : stopping_(&stopping), all_below_(false), leader_(leader) {}
  StopSequence(const StopSequence&) = delete;
  StopSequence& operator=(const StopSequence&) = delete;

  /// The program's process, which leads a group.
  void watch(pid_t leader) noexcept { leader_ = leader; }

  /// Asks it to end. Only the first call counts.
  void begin(Reason reason, int signal);
  /// Kills it where its time is over.
  void advance();

  [[nodiscard]] Reason reason() const noexcept { return reason_; }
  [[nodiscard]] bool begun() const noexcept { return reason_ != Reason::none; }
  [[nodiscard]] bool killed() const noexcept { return killed_; }
  /// When `advance` has something to do; absent: no such time.
  [[nodiscard]] std::optional<Clock::time_point> next() const noexcept;

  /// Nothing that the program has started is left, but the program itself perhaps. Reaps what has ended of it.
  [[nodiscard]] bool others_are_gone();

 private:
  [[nodiscard]] std::vector<pid_t> others();
  void send(int signal);

  const Stopping* stopping_;
  bool all_below_;                  ///< all below this process is the program's, but what is left behind
  std::vector<pid_t> seen_;         ///< otherwise: what was below the leader while it lived
  std::vector<pid_t> left_behind_;  ///< by earlier calls
  pid_t leader_ = -1;
  Reason reason_ = Reason::none;
  bool killed_ = false;
  Clock::time_point kill_at_{};
  Clock::time_point give_up_at_{};  ///< what hangs in the kernel is not waited for
};

}  // namespace prun::command
