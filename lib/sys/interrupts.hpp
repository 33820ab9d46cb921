// SIGINT, SIGTERM and SIGHUP as events: the first is noted and wakes whoever polls; a second one, a tenth of a second later or
// more, ends the process at once, unless it is expected.
// SIGTSTP (Ctrl-Z) and SIGQUIT (Ctrl-\) as requests: to stop until SIGCONT, and to say what is being done.
#pragma once

#include "sys/fd.hpp"

#include <array>
#include <csignal>

namespace prun::sys {

/// At most one object at a time. Signals that were ignored when it was made stay ignored (`nohup`).
class Interrupts {
 public:
  Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;
  ~Interrupts();

  /// The first signal that came; 0: none.
  [[nodiscard]] static int signal() noexcept;
  /// The next signal does not end the process: it is noted, and wakes whoever polls. To be called when the first has come.
  void expect_another() noexcept;
  /// It has come.
  [[nodiscard]] static bool another() noexcept;

  /// Requests since the last call.
  struct Requests {
    bool stop = false;
    bool report = false;
  };
  [[nodiscard]] Requests take_requests() noexcept;

  /// Before a second signal ends the process: what else outlives it. Must be async-signal-safe.
  static void before_abrupt_end(void (*act)(void*), void* argument) noexcept;

  /// Readable once a signal came.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }

 private:
  static constexpr std::array<int, 5> handled{SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGQUIT};
  Fd event_;
  std::array<struct sigaction, handled.size()> previous_{};
};

}  // namespace prun::sys
