// What a run waits for, gathered anew for each wait: descriptors, each with what is done once it is ready. It does not know who
// waits for what.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace prun {

class WaitSet {
 public:
  /// @param revents as poll(2) gives them, not 0
  using Action = std::function<void(short revents)>;

  void clear() noexcept {
    descriptors_.clear();
    actions_.clear();
  }
  /// @param fd -1: nothing to wait for @param events of poll(2); 0: only errors and the end of a pipe
  void add(int fd, short events, Action action) {
    if (fd < 0) return;
    descriptors_.push_back({fd, events, 0});
    actions_.push_back(std::move(action));
  }
  void add_readable(int fd, std::function<void()> action) {
    add(fd, POLLIN, [act = std::move(action)](short) { act(); });
  }
  /// The wait is to end when `fd` is readable, and nothing is to be done.
  void add_alarm(int fd) {
    add(fd, POLLIN, [](short) {});
  }

  /// Waits until one is ready, a signal comes, or the time is over. @param longest absent: for ever
  void wait(std::optional<std::chrono::nanoseconds> longest);
  /// Carries out the actions of what was ready when the wait ended, in the order in which they were added.
  void serve();

 private:
  std::vector<pollfd> descriptors_;
  std::vector<Action> actions_;
};

}  // namespace prun
