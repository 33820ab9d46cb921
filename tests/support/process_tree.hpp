// Looks at other processes through /proc: who descends from whom, who is still there, what each is doing.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace prun::test {

/// Children, their children and so on; those that have ended but were not yet waited for are left out.
[[nodiscard]] std::vector<pid_t> descendants_of(pid_t pid);

/// The processes that a test has seen at work, so that it can wait for their end, whoever their parent is by then.
class Witness {
 public:
  explicit Witness(const std::vector<pid_t>& pids);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness();

  /// @return false: some still run after `limit`
  [[nodiscard]] bool all_ended_within(std::chrono::milliseconds limit) const;

 private:
  std::vector<int> pidfds_;
};

/// As ps(1) shows it; empty: it is gone.
[[nodiscard]] std::string name_of(pid_t pid);

/// One line a process: pid, name, state, and where in the kernel it waits.
[[nodiscard]] std::string describe_tree(pid_t pid);

}  // namespace prun::test
