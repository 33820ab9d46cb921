// Turns signals into events. The first SIGINT, SIGTERM or SIGHUP is recorded and wakes poll(2). A second one, a tenth of a second later
// or more, ends the process immediately, unless it is expected. SIGTSTP (Ctrl-Z) is a request to stop until SIGCONT. SIGQUIT (Ctrl-\) and
// SIGUSR1 are requests for a status report. If a scheduler announces the end of a job with SIGUSR1, it works like SIGTERM.
#pragma once

#include "sys/fd.hpp"

#include <array>
#include <csignal>

namespace prun::sys {

/// From now on SIGUSR1 and SIGUSR2 do not end this process, which has handlers that do nothing. They stay ignored if they were ignored.
/// Programs that it starts, and workers, get the default actions. Call it first: prun may load functions for seconds before a run has
/// its `Interrupts`.
void tolerate_early_requests() noexcept;

/// At most one object at a time. Signals that were ignored when it was created stay ignored (`nohup`).
class Interrupts {
 public:
  /// @param user_signal_ends SIGUSR1 ends the run as SIGTERM does, and does not request a report
  explicit Interrupts(bool user_signal_ends = false);
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  /// The first signal received; 0: none.
  [[nodiscard]] static int signal() noexcept;
  /// The next signal does not end the process. It is recorded and wakes poll(2). Call it after the first signal.
  void expect_another() noexcept;
  /// Returns true if that signal was received.
  [[nodiscard]] static bool another() noexcept;

  /// The requests since the last call.
  struct Requests {
    bool stop = false;
    bool report = false;
  };
  [[nodiscard]] Requests take_requests() noexcept;

  /// Called before a second signal ends the process, for things that outlive it. Must be async-signal-safe.
  static void before_abrupt_end(void (*act)(void*), void* argument) noexcept;

  /// Readable after a signal.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }

 private:
  static constexpr std::array<int, 6> handled{SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT, SIGUSR1};
  Fd event_;
  std::array<struct sigaction, handled.size()> previous_{};
};

}  // namespace prun::sys
