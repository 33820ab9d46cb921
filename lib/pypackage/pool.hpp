// A pool as the package's Python files hold it, and how its workers begin.
#pragma once

#include "pypackage/api.hpp"
#include "pypackage/jobs.hpp"
#include "pypackage/shared_table.hpp"
#include "sys/fd.hpp"

#include <prun/detail/pool_core.hpp>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun::pypackage {

struct PoolOptions {
  detail::PoolCore::Options core;
  Ref initializer;  ///< or None
  Ref arguments;
  std::vector<std::string> words;  ///< that execute Python anew for each worker; empty: workers are forked
  std::vector<int> keep;           ///< descriptors that those need
};

class Pool {
 public:
  /// Forks. @throws what PoolCore does
  explicit Pool(PoolOptions options);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// Ends it.
  ~Pool();

  [[nodiscard]] detail::PoolCore& core() const noexcept { return *core_; }
  [[nodiscard]] SharedTable& table() const noexcept { return *table_; }
  /// Does not wait for the lock with the interpreter held: who holds the lock may want the interpreter.
  [[nodiscard]] detail::PoolCore::Lock lock() const;
  /// Waits, while others use the interpreter. @return false at the end of the time @throws Raised where a signal's handler raises
  [[nodiscard]] bool wait(const std::function<bool()>& done, std::optional<double> seconds) const;
  /// Calls without the interpreter.
  template <class Call>
  void released(Call call) const {
    const Released others;
    call(*core_);
  }
  /// It has been told to end, and calls nothing any more.
  void mark_ended() noexcept { ended_.store(true); }
  [[nodiscard]] bool ended() const noexcept { return ended_.load(); }

 private:
  PoolOptions options_;
  std::unique_ptr<SharedTable> table_;
  std::shared_ptr<detail::PoolCore> core_;
  std::atomic<bool> ended_{false};
};

/// The exception that a failure stands for.
[[nodiscard]] Ref exception_of(const Failure& failure, bool for_executor);
/// The value, or raises. @throws Raised
[[nodiscard]] Ref result_of(const Outcome& outcome, bool for_executor);
/// Of an object that could not be pickled; takes the exception that is set.
[[nodiscard]] Failure unsendable();

}  // namespace prun::pypackage
