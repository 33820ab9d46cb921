// The result, to be, of Pool::apply_async and its kin: Python's multiprocessing.pool.AsyncResult.
#pragma once

#include <prun/detail/call_job.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace prun {

/// A handle; copies share one result. Every function may be called from any thread.
template <class R>
class AsyncResult {
 public:
  using Timeout = std::optional<std::chrono::nanoseconds>;

  explicit AsyncResult(std::shared_ptr<detail::CallResultJob<R>> job) : job_(std::move(job)) {}

  /// The result, when it is there.
  /// @throws what the call threw; TimeoutError where it is not there in time; std::invalid_argument for a negative time
  R get(Timeout timeout = std::nullopt) const {
    if (!job_->wait(detail::deadline_after(timeout))) throw TimeoutError("the result was not there in time");
    return job_->result();
  }
  /// Returns when the result is there, or the time has passed.
  void wait(Timeout timeout = std::nullopt) const { job_->wait(detail::deadline_after(timeout)); }
  /// The call has ended, well or not.
  [[nodiscard]] bool ready() const { return job_->ended(); }
  /// It ended without an exception. @throws MisuseError where it has not ended
  [[nodiscard]] bool successful() const {
    if (!ready()) throw MisuseError("successful() is for a call that has ended: ask ready() first");
    return job_->error() == nullptr;
  }

 private:
  std::shared_ptr<detail::CallResultJob<R>> job_;
};

/// Called by the pool's own thread, once, when a map_async or apply_async has ended: one or the other.
template <class R>
struct AsyncCallbacks {
  std::function<void(const R&)> callback = {};
  std::function<void(std::exception_ptr)> error_callback = {};
};
template <>
struct AsyncCallbacks<void> {
  std::function<void()> callback = {};
  std::function<void(std::exception_ptr)> error_callback = {};
};

namespace detail {

/// Writes one line to standard error: as Python does of a callback that raises.
void report_callback_exception() noexcept;

template <class R>
void attach_callbacks(const std::shared_ptr<CallResultJob<R>>& job, AsyncCallbacks<R> callbacks) {
  if (!callbacks.callback && !callbacks.error_callback) return;
  job->add_done_callback([job, callbacks = std::move(callbacks)] {
    try {
      const std::exception_ptr error = job->error();
      if (error) {
        if (callbacks.error_callback) callbacks.error_callback(error);
      } else if (callbacks.callback) {
        if constexpr (std::is_void_v<R>) {
          callbacks.callback();
        } else {
          const R result = job->result();
          callbacks.callback(result);
        }
      }
    } catch (...) {
      report_callback_exception();
    }
  });
}

}  // namespace detail
}  // namespace prun
