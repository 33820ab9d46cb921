// The result, to be, of Executor::submit: Python's concurrent.futures.Future, with wait() and as_completed().
#pragma once

#include <prun/async_result.hpp>
#include <prun/detail/call_job.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace prun {

/// A handle; copies share one call and compare equal. Every function may be called from any thread.
template <class R>
class Future {
 public:
  using Timeout = std::optional<std::chrono::nanoseconds>;

  explicit Future(std::shared_ptr<detail::CallResultJob<R>> job) : job_(std::move(job)) {}

  /// A worker has it, and it has not ended.
  [[nodiscard]] bool running() const { return job_->running(); }
  /// It has ended: with a result, with an exception, or cancelled.
  [[nodiscard]] bool done() const { return job_->ended(); }
  /// Withdraws it, unless a worker has it or it has ended. True where it is cancelled now, or was before.
  bool cancel() const { return job_->cancel(); }
  [[nodiscard]] bool cancelled() const { return job_->state() == detail::CallState::cancelled; }

  /// @throws what the call threw; CancelledError; TimeoutError; std::invalid_argument for a negative time
  R result(Timeout timeout = std::nullopt) const {
    if (!job_->wait(detail::deadline_after(timeout))) throw TimeoutError("the result was not there in time");
    return job_->result();
  }
  /// What the call threw; null where it succeeded. @throws CancelledError, TimeoutError
  std::exception_ptr exception(Timeout timeout = std::nullopt) const {
    if (!job_->wait(detail::deadline_after(timeout))) throw TimeoutError("the result was not there in time");
    if (cancelled()) throw CancelledError("the call was cancelled");
    return job_->error();
  }
  /// `callback(future)` once it is done or cancelled: by the pool's own thread, in the order added; at once where it is. What
  /// a callback throws is reported on standard error, and the next is called.
  void add_done_callback(std::function<void(const Future&)> callback) const {
    job_->add_done_callback([future = *this, callback = std::move(callback)] {
      try {
        callback(future);
      } catch (...) {
        detail::report_callback_exception();
      }
    });
  }

  friend bool operator==(const Future& a, const Future& b) noexcept { return a.job_ == b.job_; }

  /// For wait() and as_completed().
  [[nodiscard]] const std::shared_ptr<detail::CallResultJob<R>>& job() const noexcept { return job_; }

 private:
  std::shared_ptr<detail::CallResultJob<R>> job_;
};

enum class ReturnWhen : std::uint8_t { first_completed, first_exception, all_completed };
inline constexpr ReturnWhen FIRST_COMPLETED = ReturnWhen::first_completed;
inline constexpr ReturnWhen FIRST_EXCEPTION = ReturnWhen::first_exception;
inline constexpr ReturnWhen ALL_COMPLETED = ReturnWhen::all_completed;

template <class R>
struct DoneAndNotDone {
  std::vector<Future<R>> done;
  std::vector<Future<R>> not_done;
};

namespace detail {

/// Watches futures; each once, however often it was given.
template <class R>
class Watch {
 public:
  explicit Watch(const std::vector<Future<R>>& futures) : observer_(std::make_shared<Observer>()) {
    for (const auto& future : futures) {
      if (pending_.try_emplace(future.job().get(), Pending{future, pending_.size()}).second)
        future.job()->observe(observer_);
    }
    total_ = pending_.size();
  }
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;
  ~Watch() {
    for (const auto& [job, pending] : pending_) pending.future.job()->forget(observer_);
  }

  [[nodiscard]] std::size_t left() const noexcept { return pending_.size(); }
  [[nodiscard]] std::size_t total() const noexcept { return total_; }
  /// Those that next() has not returned, in the order given.
  [[nodiscard]] std::vector<Future<R>> pending() const {
    std::vector<const Pending*> sorted;
    for (const auto& [job, pending] : pending_) sorted.push_back(&pending);
    std::sort(sorted.begin(), sorted.end(), [](const Pending* a, const Pending* b) { return a->place < b->place; });
    std::vector<Future<R>> futures;
    for (const Pending* pending : sorted) futures.push_back(pending->future);
    return futures;
  }

  /// Those that have ended since the last time, in that order; waits for one. Empty: the deadline came.
  std::vector<Future<R>> next(const Deadline& deadline) {
    std::vector<Future<R>> ended;
    for (const Job* job : observer_->take(deadline)) {
      const auto at = pending_.find(job);
      ended.push_back(at->second.future);
      pending_.erase(at);
    }
    return ended;
  }

 private:
  struct Pending {
    Future<R> future;
    std::size_t place;
  };
  std::shared_ptr<Observer> observer_;
  std::unordered_map<const Job*, Pending> pending_;
  std::size_t total_ = 0;
};

}  // namespace detail

/// Waits for the first, the first that fails (or all), or all; or until the time has passed. Duplicates count once.
template <class R>
DoneAndNotDone<R> wait(const std::vector<Future<R>>& futures, ReturnWhen when = ALL_COMPLETED,
                       std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  const detail::Deadline deadline = detail::deadline_after(timeout);
  detail::Watch<R> watch(futures);
  DoneAndNotDone<R> result;
  const auto failed = [](const Future<R>& f) { return !f.cancelled() && f.exception() != nullptr; };
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

/// The futures of as_completed(), as they end; a single-pass input range.
template <class R>
class CompletedStream {
 public:
  CompletedStream(const std::vector<Future<R>>& futures, detail::Deadline deadline)
      : watch_(std::make_unique<detail::Watch<R>>(futures)), deadline_(deadline) {}

  class iterator {
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Future<R>;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(CompletedStream* stream) : stream_(stream) {}
    Future<R> operator*() const { return stream_->ended_.front(); }
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

  std::unique_ptr<detail::Watch<R>> watch_;
  detail::Deadline deadline_;
  std::deque<Future<R>> ended_;
};

/// Yields each future once it has ended; those that have at once. The range throws TimeoutError, "2 (of 4) futures
/// unfinished", where the time, counted from this call, has passed.
template <class R>
[[nodiscard]] CompletedStream<R> as_completed(const std::vector<Future<R>>& futures,
                                              std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
  return CompletedStream<R>(futures, detail::deadline_after(timeout));
}

}  // namespace prun
