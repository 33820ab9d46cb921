// The descriptors that a run waits for, collected for each wait, each with the action to take when it is ready. It does not
// know their meaning.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace prun {

class WaitSet {
 public:
  /// @param revents from poll(2), not 0
  using Action = std::function<void(short revents)>;

  void clear() noexcept {
    descriptors_.clear();
    actions_.clear();
  }
  /// @param fd -1: ignored @param events for poll(2); 0: only errors and the end of a pipe
  void add(int fd, short events, Action action) {
    if (fd < 0) return;
    descriptors_.push_back({fd, events, 0});
    actions_.push_back(std::move(action));
  }
  void add_readable(int fd, std::function<void()> action) {
    add(fd, POLLIN, [act = std::move(action)](short) { act(); });
  }
  /// The wait ends when `fd` is readable. There is no action.
  void add_alarm(int fd) {
    add(fd, POLLIN, [](short) {});
  }

  /// Waits until one is ready, a signal arrives, or the time is over. @param longest absent: no limit
  void wait(std::optional<std::chrono::nanoseconds> longest);
  /// Runs the actions of the descriptors that were ready, in the order in which they were added.
  void serve();

 private:
  std::vector<pollfd> descriptors_;
  std::vector<Action> actions_;
};

}  // namespace prun
