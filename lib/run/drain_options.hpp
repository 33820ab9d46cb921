// Options for a run that is told to end soon: it starts no more tasks and lets running tasks continue.
#pragma once

#include <chrono>
#include <csignal>
#include <functional>
#include <optional>

namespace prun {

struct DrainOptions {
  bool by_term = false;         ///< the first SIGTERM announces the end
  bool by_user_signal = false;  ///< SIGUSR1, and a signal that a node has received, announce the end too
  /// Called once, when the end is announced. Returns the time for which tasks may continue. Empty, or no value: until they end.
  std::function<std::optional<std::chrono::nanoseconds>()> time_left{};

  [[nodiscard]] bool by(int signal) const noexcept {
    return (by_term && signal == SIGTERM) || (by_user_signal && signal == SIGUSR1);
  }
};

}  // namespace prun
