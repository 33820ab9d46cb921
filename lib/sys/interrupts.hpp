// SIGINT, SIGTERM and SIGHUP as events: the first is noted and wakes whoever polls; a second one, a tenth of a second later or
// more, ends the process at once, unless it is expected.
// SIGTSTP (Ctrl-Z), SIGQUIT (Ctrl-\) and SIGUSR1 as requests: to stop until SIGCONT, and to say what is being done. Where a scheduler
// announces the end of a job with SIGUSR1, it is one of the first kind.
#pragma once

#include "sys/fd.hpp"

#include <array>
#include <csignal>

namespace prun::sys {

/// At most one object at a time. Signals that were ignored when it was created stay ignored (`nohup`).
class Interrupts {
 public:
  /// @param user_signal_ends SIGUSR1 is no request for a report but ends the run as SIGTERM does
  explicit Interrupts(bool user_signal_ends = false);
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  /// The first signal received; 0: none.
  [[nodiscard]] static int signal() noexcept;
  /// The next signal does not end the process. It is recorded and wakes poll(2). Call it after the first signal.
  void expect_another() noexcept;
  /// Returns true if it was received.
  [[nodiscard]] static bool another() noexcept;

  /// Requests since the last call.
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
