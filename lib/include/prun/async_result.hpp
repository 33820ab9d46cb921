// The future result of Pool::apply_async, map_async and starmap_async: Python's multiprocessing.pool.AsyncResult.
#pragma once

#include <prun/detail/call_job.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace prun {

/// Copies share one result. All functions are thread-safe.
template <class R>
class AsyncResult {
 public:
  using Timeout = std::optional<std::chrono::nanoseconds>;

  explicit AsyncResult(std::shared_ptr<detail::CallResultJob<R>> job) : job_(std::move(job)) {}

  /// Waits for the result and returns it.
  /// @throws what the call threw; TimeoutError at the timeout; std::invalid_argument for a negative timeout
  R get(Timeout timeout = std::nullopt) const& {
    require_end(timeout);
    return job_->result();
  }
  /// The same, for a handle that is used for the last time. If no other handle shares the result, it is moved instead of copied.
  R get(Timeout timeout = std::nullopt) && {
    require_end(timeout);
    return job_.use_count() == 1 ? job_->take_result() : job_->result();
  }
  /// Waits until the call has ended, at most until the timeout.
  void wait(Timeout timeout = std::nullopt) const { job_->wait(detail::deadline_after(timeout)); }
  /// Returns true if the call has ended, with a result or an exception.
  [[nodiscard]] bool ready() const { return job_->ended(); }
  /// Returns true if it ended without an exception. @throws MisuseError if it has not ended
  [[nodiscard]] bool successful() const {
    if (!ready()) throw MisuseError("successful() is for a call that has ended: ask ready() first");
    return job_->error() == nullptr;
  }

 private:
  void require_end(const Timeout& timeout) const {
    if (!job_->wait(detail::deadline_after(timeout))) throw TimeoutError("the result was not there in time");
  }

  std::shared_ptr<detail::CallResultJob<R>> job_;
};

/// When the map_async or apply_async call has ended, a thread of the pool calls one of the two, once.
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

/// Writes one line to standard error, as Python does for a callback that raises.
void report_callback_exception() noexcept;

template <class R>
void call_one_of(const AsyncCallbacks<R>& callbacks, CallResultJob<R>& job) noexcept {
  try {
    const std::exception_ptr error = job.error();
    if (error) {
      if (callbacks.error_callback) callbacks.error_callback(error);
    } else if (callbacks.callback) {
      if constexpr (std::is_void_v<R>) {
        callbacks.callback();
      } else {
        const R result = job.result();
        callbacks.callback(result);
      }
    }
  } catch (...) {
    report_callback_exception();
  }
}

/// Prepares a call: gives it the callbacks before a worker can take it, so that a thread of the pool calls them however fast it
/// ends. The call owns them.
template <class R>
auto attaching(AsyncCallbacks<R> callbacks) {
  return [callbacks = std::move(callbacks)](CallResultJob<R>& job) mutable {
    if (!callbacks.callback && !callbacks.error_callback) return;
    job.add_callback_before_submit([&job, callbacks = std::move(callbacks)] { call_one_of(callbacks, job); });
  };
}

}  // namespace detail
}  // namespace prun
