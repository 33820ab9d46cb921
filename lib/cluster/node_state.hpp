// What the head knows of one node, and what it decides about it: when to start its agent, how many tasks it may have, which
// of them have no outcome yet, and when it counts as dead. A pure state machine: it starts no process, reads no clock and
// writes nothing.
//
//   resting --start is due, started()--> greeting --greeted()--> preparing --ready()--> working
//      ^                                    |                        |                     |
//      '------------- lost(): after a pause that doubles ------------+---------------------+
//                                                                    '--> gone: lost() for good, too often, or finished()
//
// Precondition of each state:
//   resting     no process; a start is due at a known time
//   greeting    the launcher runs, no banner has come
//   preparing   the banner was accepted, the setup was sent
//   working     the agent takes tasks; it is heard of at least every `dead_after`
//   gone        no process, and there will be none
#pragma once

#include "cluster/credit_window.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace prun::cluster {

/// How patient the head is.
struct Patience {
  std::chrono::milliseconds dead_after{3000};  ///< of silence, while the agent works
  std::chrono::milliseconds start_limit{
      60'000};                                  ///< for each step of the start, counted from the last bytes that moved
  std::chrono::milliseconds quiet_after{5000};  ///< from then on the user should know that a launcher does not answer
  std::chrono::milliseconds first_pause{500};   ///< before another try; it doubles
  std::chrono::milliseconds longest_pause{5000};
  int most_failures = 4;  ///< in a row, without an outcome between them; then the node is given up, if it has ...
  std::chrono::milliseconds retry_for{30'000};  ///< ... never worked, or if the first of them was so long ago
};

class NodeState {
 public:
  using Time = std::chrono::steady_clock::time_point;
  enum class Phase : std::uint8_t { resting, greeting, preparing, working, gone };

  /// A task that the node has.
  struct Held {
    std::uint64_t index = 0;
    std::uint32_t attempt = 1;
  };

  /// @param workers 0: as the agent says
  NodeState(const Patience& patience, Time now) : patience_(patience), due_(now) {}

  // What has happened.
  void started(Time now);
  void greeted(Time now);
  void ready(std::uint32_t workers, Time now);
  /// The launcher took bytes of prun or of a file at this time: the step of the start may take its whole limit from then on.
  void progressed(Time when) noexcept;
  /// Bytes have come.
  void heard(Time now) noexcept { heard_ = now; }
  /// The head was paused: silence until now means nothing.
  void forgive(Time now) noexcept { heard_ = now; }
  void sent(Held task) { held_.emplace(task.index, task.attempt); }
  /// The node has told the outcome of a task, or given it back. Absent: it does not have that task, or another attempt of
  /// it, so the message is to be dropped.
  [[nodiscard]] std::optional<Held> answered(std::uint64_t index, std::uint32_t attempt);
  [[nodiscard]] std::optional<Held> returned(std::uint64_t index);
  /// An outcome was accepted.
  void note_outcome(Time now, std::chrono::nanoseconds duration) noexcept;
  void round_trip(std::chrono::nanoseconds time) noexcept { window_.round_trip(time); }
  /// The node works no more: its stream has ended, or is damaged, or nothing was heard. Returns what it had, by index.
  /// @param for_good another try would end the same
  [[nodiscard]] std::vector<Held> lost(Time now, bool for_good);
  /// The run needs it no more.
  void finished() noexcept { phase_ = Phase::gone; }

  /// The user knows that its launcher does not answer.
  void told_quiet() noexcept { quiet_told_ = true; }

  // What is to be done.
  enum class Due : std::uint8_t { nothing, start, quiet, too_slow, silent };
  [[nodiscard]] Due due(Time now) const noexcept;
  /// When `due` can change by itself; absent: never.
  [[nodiscard]] std::optional<Time> next_time() const noexcept;
  /// So many tasks may be sent now.
  [[nodiscard]] std::uint64_t credit() const noexcept;

  /// Tasks that it has beyond what its workers can run: another place might start them sooner.
  [[nodiscard]] std::uint64_t backlog() const noexcept { return held_.size() > workers_ ? held_.size() - workers_ : 0; }
  /// Workers that have nothing to do.
  [[nodiscard]] std::uint64_t idle() const noexcept {
    return phase_ == Phase::working && held_.size() < workers_ ? workers_ - held_.size() : 0;
  }
  /// Its backlog will take longer than the way to another place. Absent: no. Else how many tasks to take back.
  [[nodiscard]] std::uint64_t spare(Time now, std::uint64_t wanted) const noexcept;
  void recall_sent() noexcept { recalling_ = true; }
  void recall_answered() noexcept { recalling_ = false; }

  [[nodiscard]] Phase phase() const noexcept { return phase_; }
  [[nodiscard]] bool working() const noexcept { return phase_ == Phase::working; }
  [[nodiscard]] std::uint32_t workers() const noexcept { return workers_; }
  [[nodiscard]] std::size_t held() const noexcept { return held_.size(); }
  [[nodiscard]] bool holds(std::uint64_t index) const { return held_.contains(index); }
  [[nodiscard]] std::chrono::milliseconds pause() const noexcept;
  /// Losses in a row, without an outcome between them.
  [[nodiscard]] int failures() const noexcept { return failures_; }
  [[nodiscard]] const CreditWindow& window() const noexcept { return window_; }

 private:
  Patience patience_;
  Phase phase_ = Phase::resting;
  Time due_;         ///< resting: of the next start; greeting, preparing: of giving up
  Time quiet_at_{};  ///< greeting: when the user should know
  bool quiet_told_ = false;
  Time heard_{};          ///< working
  Time answered_at_{};    ///< of the last outcome
  int failures_ = 0;      ///< in a row
  Time first_failure_{};  ///< of these
  bool has_worked_ = false;
  std::uint32_t workers_ = 0;
  bool recalling_ = false;
  CreditWindow window_;
  std::unordered_map<std::uint64_t, std::uint32_t> held_;
};

}  // namespace prun::cluster
