// The pool object of the package's Python files, and the start of its workers.
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
  std::vector<std::string> words;  ///< command line that starts a new Python for each worker; empty: workers are forked
  std::vector<int> keep;           ///< descriptors that these workers need
};

class Pool {
 public:
  /// Forks the workers. @throws the exceptions of PoolCore
  explicit Pool(PoolOptions options);
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  /// Ends the pool.
  ~Pool();

  [[nodiscard]] detail::PoolCore& core() const noexcept { return *core_; }
  [[nodiscard]] SharedTable& table() const noexcept { return *table_; }
  /// Releases the interpreter while it waits for the lock, because the owner of the lock may need the interpreter.
  [[nodiscard]] detail::PoolCore::Lock lock() const;
  /// Waits, while other threads may use the interpreter. @return false at the timeout @throws Raised if a signal handler raises
  [[nodiscard]] bool wait(const std::function<bool()>& done, std::optional<double> seconds) const;
  /// Calls the function without the interpreter.
  template <class Call>
  void released(Call call) const {
    const Released others;
    call(*core_);
  }
  /// Returns true if the pool has been told to end and makes no more calls.
  void mark_ended() noexcept { ended_.store(true); }
  [[nodiscard]] bool ended() const noexcept { return ended_.load(); }

 private:
  PoolOptions options_;
  std::unique_ptr<SharedTable> table_;
  std::shared_ptr<detail::PoolCore> core_;
  std::atomic<bool> ended_{false};
};

/// The exception for a failure.
[[nodiscard]] Ref exception_of(const Failure& failure, bool for_executor);
/// Returns the value. @throws Raised if the call failed
[[nodiscard]] Ref result_of(const Outcome& outcome, bool for_executor);
/// The failure for an object that could not be pickled. Takes the current exception.
[[nodiscard]] Failure unsendable();

}  // namespace prun::pypackage
