// The future result of Executor::submit: Python's concurrent.futures.Future, wait() and as_completed().
#pragma once

#include <prun/async_result.hpp>
#include <prun/detail/call_job.hpp>
#include <prun/detail/watch.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

namespace prun {

template <class R>
class Future;

/// A Future of any type, so that futures of different types can be waited for together. Copies share one call. They compare
/// equal to each other and to the Future that they were made from. All functions are thread-safe.
class AnyFuture {
 public:
  using Timeout = std::optional<std::chrono::nanoseconds>;

  explicit AnyFuture(std::shared_ptr<detail::CallJobBase> job) : job_(std::move(job)) {}

  /// Returns true if a worker runs the call.
  [[nodiscard]] bool running() const { return job_->running(); }
  /// Returns true if the call has ended with a result or an exception, or was cancelled, and its callbacks have returned.
  /// Inside a callback: if it has ended.
  [[nodiscard]] bool done() const { return job_->ended(); }
  /// Cancels the call unless a worker runs it or it has ended. Returns true if the call is cancelled, by this or an earlier cancel(). Calls its
  /// callbacks before it returns.
  bool cancel() const { return job_->cancel(); }
  [[nodiscard]] bool cancelled() const { return job_->state() == detail::CallState::cancelled; }

  /// Waits until the call is done. Returns false at the timeout. @throws std::invalid_argument for a negative timeout
  bool wait(Timeout timeout = std::nullopt) const { return job_->wait(detail::deadline_after(timeout)); }
  /// Returns the exception of the call; null if it succeeded. @throws CancelledError, TimeoutError
  std::exception_ptr exception(Timeout timeout = std::nullopt) const {
    require_end(timeout);
    if (cancelled()) throw CancelledError("the call was cancelled");
    return job_->error();
  }
  /// Calls `callback(future)` when the call has ended or is cancelled, immediately if it is done. A thread of the pool calls it,
  /// or the thread that calls cancel(). Callbacks run in the order in which they were added. Their exceptions go to standard error.
  void add_done_callback(std::function<void(const AnyFuture&)> callback) const { notify(*this, std::move(callback)); }

  /// Returns the result if it has type R; see Future::result. @throws MisuseError if the call has another type
  template <class R>
  R result(Timeout timeout = std::nullopt) const {
    return as<R>().result(timeout);
  }
  /// @throws MisuseError if this is not a Future<R>
  template <class R>
  [[nodiscard]] Future<R> as() const;

  friend bool operator==(const AnyFuture& a, const AnyFuture& b) noexcept { return a.job_ == b.job_; }

  /// Used by wait(), as_completed() and std::hash.
  [[nodiscard]] const std::shared_ptr<detail::CallJobBase>& job() const noexcept { return job_; }

 protected:
  void require_end(Timeout timeout) const {
    if (!wait(timeout)) throw TimeoutError("the result was not there in time");
  }
  template <class F>
  static void notify(const F& future, std::function<void(const F&)> callback) {
    future.job_->add_done_callback([future, callback = std::move(callback)] {
      try {
        callback(future);
      } catch (...) {
        detail::report_callback_exception();
      }
    });
  }

 private:
  std::shared_ptr<detail::CallJobBase> job_;
};

/// An AnyFuture whose result has type R.
template <class R>
class Future : public AnyFuture {
 public:
  explicit Future(std::shared_ptr<detail::CallResultJob<R>> job) : AnyFuture(std::move(job)) {}

  /// @throws what the call threw; CancelledError; TimeoutError; std::invalid_argument for a negative timeout
  R result(Timeout timeout = std::nullopt) const {
    require_end(timeout);
    return static_cast<detail::CallResultJob<R>&>(*job()).result();
  }
  /// See AnyFuture::add_done_callback.
  void add_done_callback(std::function<void(const Future&)> callback) const { notify(*this, std::move(callback)); }
};

template <class R>
Future<R> AnyFuture::as() const {
  auto job = std::dynamic_pointer_cast<detail::CallResultJob<R>>(job_);
  if (!job) throw MisuseError("the future's result has another type");
  return Future<R>(std::move(job));
}

enum class ReturnWhen : std::uint8_t { first_completed, first_exception, all_completed };
inline constexpr ReturnWhen FIRST_COMPLETED = ReturnWhen::first_completed;
inline constexpr ReturnWhen FIRST_EXCEPTION = ReturnWhen::first_exception;
inline constexpr ReturnWhen ALL_COMPLETED = ReturnWhen::all_completed;

/// F is a Future<R> or AnyFuture.
template <class F>
struct DoneAndNotDone {
  std::vector<F> done;
  std::vector<F> not_done;
};

/// A std::vector, std::list, std::array, ... of Future<R> or AnyFuture.
template <class Range>
concept FutureRange =
    std::ranges::input_range<Range> && std::derived_from<std::ranges::range_value_t<Range>, AnyFuture>;

/// Waits for the first future, for the first that fails (or all), or for all, at most until the timeout. Ignores duplicates.
template <FutureRange Range>
auto wait(const Range& futures, ReturnWhen when = ALL_COMPLETED,
          std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  using F = std::ranges::range_value_t<Range>;
  const detail::Deadline deadline = detail::deadline_after(timeout);
  detail::Watch<F> watch(futures);
  DoneAndNotDone<F> result;
  const auto failed = [](const F& f) { return !f.cancelled() && f.exception() != nullptr; };
  bool enough = watch.total() == 0;
  while (!enough && watch.left() != 0) {
    const auto ended = watch.next(deadline);
    if (ended.empty()) break;
    result.done.insert(result.done.end(), ended.begin(), ended.end());
    enough = when == FIRST_COMPLETED || (when == FIRST_EXCEPTION && std::any_of(ended.begin(), ended.end(), failed));
  }
  result.not_done = watch.pending();
  return result;
}
/// `wait({a, b, c})`, with futures of any types.
inline DoneAndNotDone<AnyFuture> wait(std::initializer_list<AnyFuture> futures, ReturnWhen when = ALL_COMPLETED,
                                      std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  return wait(std::vector<AnyFuture>(futures), when, timeout);
}

/// The futures of as_completed() in the order in which they end; a single-pass input range.
template <class F>
class CompletedStream {
 public:
  template <class Range>
  CompletedStream(const Range& futures, detail::Deadline deadline)
      : watch_(std::make_unique<detail::Watch<F>>(futures)), deadline_(deadline) {}

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = F;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(CompletedStream* stream) : stream_(stream) {}
    F operator*() const { return stream_->ended_.front(); }
    iterator& operator++() {
      stream_->ended_.pop_front();
      stream_->fetch();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.at_end(); }

   private:
    [[nodiscard]] bool at_end() const { return stream_->ended_.empty(); }
    CompletedStream* stream_ = nullptr;
  };

  [[nodiscard]] iterator begin() {
    fetch();
    return iterator(this);
  }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

 private:
  void fetch() {
    if (!ended_.empty() || watch_->left() == 0) return;
    for (auto& future : watch_->next(deadline_)) ended_.push_back(std::move(future));
    if (ended_.empty()) {
      throw TimeoutError(std::to_string(watch_->left()) + " (of " + std::to_string(watch_->total()) +
                         ") futures unfinished");
    }
  }

  std::unique_ptr<detail::Watch<F>> watch_;
  detail::Deadline deadline_;
  std::deque<F> ended_;
};

/// Yields each future when it has ended. The range throws TimeoutError, "2 (of 4) futures unfinished", at the timeout, which
/// counts from this call.
template <FutureRange Range>
[[nodiscard]] auto as_completed(const Range& futures, std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  return CompletedStream<std::ranges::range_value_t<Range>>(futures, detail::deadline_after(timeout));
}
[[nodiscard]] inline auto as_completed(std::initializer_list<AnyFuture> futures,
                                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  return as_completed(std::vector<AnyFuture>(futures), timeout);
}

}  // namespace prun

template <>
struct std::hash<prun::AnyFuture> {
  std::size_t operator()(const prun::AnyFuture& future) const noexcept {
    return std::hash<std::shared_ptr<prun::detail::CallJobBase>>()(future.job());
  }
};
template <class R>
struct std::hash<prun::Future<R>> : std::hash<prun::AnyFuture> {};
