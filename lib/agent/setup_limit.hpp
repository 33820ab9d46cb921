// Ends this process if it hangs before it takes tasks: while a library is loaded or a module is imported, nobody reads what the head
// sends, and so nobody sees that the head is gone. It does not know why the process hangs.
#pragma once

#include <chrono>
#include <ctime>

namespace prun::agent {

class SetupLimit {
 public:
  /// The kernel kills this process `limit` after this or the last `restart`. Forked processes do not inherit the limit.
  /// @throws std::system_error
  explicit SetupLimit(std::chrono::milliseconds limit);
  SetupLimit(const SetupLimit&) = delete;
  SetupLimit& operator=(const SetupLimit&) = delete;
  ~SetupLimit();

  void restart();

 private:
  std::chrono::milliseconds limit_;
  timer_t timer_{};
};

}  // namespace prun::agent
