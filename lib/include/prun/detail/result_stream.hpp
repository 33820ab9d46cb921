// The lazy range of results that imap, imap_unordered and Executor.map return. It reads its inputs in the thread that takes
// its results, a window ahead and no further, so an endless input runs in constant memory.
#pragma once

#include <prun/detail/imap_job.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <utility>

namespace prun {

/// A single-pass input range; `for (long x : pool.imap(fib, nums))`. A failed call throws where its result is read
/// (operator* or next()), and the results behind it are still there: go on with ++ or next(). An exception of the input
/// itself is thrown, as it was, when everything that came before it has been taken. Movable. Not thread-safe.
/// Dropping it withdraws what no worker has begun.
template <class R, class Source>
class ResultStream {
 public:
  explicit ResultStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  class iterator {  // NOLINT(readability-identifier-naming): the name that ranges have
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = R;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(Source* source) : source_(source) {}
    R operator*() const { return source_->current(); }
    /// The next result is waited for when it is asked for: a loop that stops here waits for nothing.
    iterator& operator++() {
      source_->skip();
      return *this;
    }
    void operator++(int) { ++*this; }
    friend bool operator==(const iterator& it, std::default_sentinel_t) { return it.source_->at_end(); }

   private:
    Source* source_ = nullptr;
  };

  [[nodiscard]] iterator begin() { return iterator(source_.get()); }
  [[nodiscard]] std::default_sentinel_t end() const noexcept { return {}; }

  /// The next result; nothing when there is no more, however often it is asked.
  /// @throws what the call threw; TimeoutError where it is not there in time (it can be asked for again)
  std::optional<R> next(std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
    const detail::Deadline deadline = detail::deadline_after(timeout);
    source_->skip();
    source_->settle(deadline);
    if (source_->at_end()) return std::nullopt;
    return source_->current();
  }

 private:
  std::unique_ptr<Source> source_;
};

namespace detail {

/// Inputs one at a time from a range.
template <class View>
class RangePuller {
 public:
  using value_type = std::ranges::range_value_t<View>;
  explicit RangePuller(View view) : view_(std::move(view)) {}
  /// Appends the next input; false at the end.
  bool pull(std::deque<value_type>& out) {
    if (!at_) {
      at_.emplace(std::ranges::begin(view_));
    } else {
      ++*at_;
    }
    if (*at_ == std::ranges::end(view_)) return false;
    out.push_back(**at_);
    return true;
  }

 private:
  View view_;
  std::optional<std::ranges::iterator_t<View>> at_;
};

/// Tuples from several ranges at once, as long as the shortest.
template <class... Views>
class ZipPuller {
 public:
  using value_type = std::tuple<std::ranges::range_value_t<Views>...>;
  explicit ZipPuller(Views... views) : pullers_(RangePuller<Views>(std::move(views))...) {}
  bool pull(std::deque<value_type>& out) {
    return std::apply(
        [&out](auto&... puller) {
          std::tuple<std::deque<std::ranges::range_value_t<Views>>...> parts;
          const bool all = std::apply([&](auto&... part) { return (puller.pull(part) && ...); }, parts);
          if (all) std::apply([&](auto&... part) { out.emplace_back(std::move(part.front())...); }, parts);
          return all;
        },
        pullers_);
  }

 private:
  std::tuple<RangePuller<Views>...> pullers_;
};

/// For integers, which the job makes itself.
template <class T>
struct NoPuller {
  using value_type = T;
  bool pull(std::deque<T>&) { return false; }
};

template <class TheJob, class Puller>
class StreamSource {
 public:
  using R = typename TheJob::R;
  using T = typename Puller::value_type;

  struct Limits {
    bool exact = false;  ///< pull one input for each result taken, not in batches
    std::uint64_t batch = 256;
    Deadline deadline;  ///< for the stream as a whole
  };

  StreamSource(std::shared_ptr<PoolCore> core, std::shared_ptr<TheJob> job, Puller puller, Limits limits)
      : core_(std::move(core)), job_(std::move(job)), puller_(std::move(puller)), limits_(limits) {
    auto lock = core_->lock();
    top_up(lock);
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  ~StreamSource() {
    try {
      auto lock = core_->lock();
      if (!job_->exhausted()) core_->cancel(lock, *job_);
    } catch (...) {  // a worker's copy of the master's stream: nothing is its to withdraw
    }
  }

  /// Gives the current result up, where there is one, for the next.
  void skip() {
    if (wanted_ || ended_) return;
    ready_.pop_front();
    wanted_ = true;
  }
  /// Waits for the current result, or the end.
  void settle(const Deadline& deadline) {
    if (!wanted_ || ended_) return;
    if (ready_.empty() || limits_.exact) fetch(deadline);
    wanted_ = false;
  }
  [[nodiscard]] bool at_end() {
    settle(std::nullopt);
    return ended_;
  }
  R current() {
    settle(std::nullopt);
    auto& slot = ready_.front();
    if (slot.failure) throw_failure(*slot.failure);
    return TheJob::open(slot);
  }

 private:
  void fetch(const Deadline& deadline) {
    auto lock = core_->lock();
    if (limits_.exact && !ready_.empty()) {
      give(1);
      top_up(lock);
      return;
    }
    top_up(lock);
    const auto something = [this] { return job_->has_ready() || job_->exhausted() || job_->outstanding() == 0; };
    const Deadline& first = earlier(deadline, limits_.deadline);
    while (!core_->wait(lock, something, first)) {
      if (&first == &limits_.deadline) {
        core_->cancel(lock, *job_);
        throw TimeoutError("the map's time ran out; what had not begun was withdrawn");
      }
      throw TimeoutError("the next result was not there in time");
    }
    job_->take_ready(ready_);
    if (!limits_.exact) {
      give(ready_.size());
    } else if (!ready_.empty()) {
      give(1);
    }
    if (!ready_.empty()) {
      top_up(lock);
      return;
    }
    ended_ = true;
    if (input_error_) std::rethrow_exception(std::exchange(input_error_, nullptr));
  }

  static const Deadline& earlier(const Deadline& a, const Deadline& b) {
    if (!a) return b;
    return b && *b < *a ? b : a;
  }

  void give(std::size_t count) { job_->taken(count); }

  /// Reads inputs as far ahead as allowed, and sees that they get to the workers.
  void top_up(PoolCore::Lock& lock) {
    while (!input_ended_) {
      std::uint64_t room = job_->room();
      if (room == 0) break;
      room = std::min(room, limits_.batch);
      lock.unlock();  // the input may take its time, or use the pool itself
      pull(room);
      lock.lock();
      job_->push(pulled_);
      if (input_ended_) job_->end_input();
      if (job_->has_chunk()) core_->resubmit(lock, job_);
      if (limits_.exact ? false : job_->has_ready()) break;
    }
    if (job_->has_chunk()) core_->resubmit(lock, job_);
  }

  void pull(std::uint64_t count) {
    try {
      while (count-- > 0 && !input_ended_) input_ended_ = !puller_.pull(pulled_);
    } catch (...) {
      input_error_ = std::current_exception();
      input_ended_ = true;
    }
  }

  std::shared_ptr<PoolCore> core_;
  std::shared_ptr<TheJob> job_;
  Puller puller_;
  Limits limits_;
  std::deque<T> pulled_;
  std::deque<typename TheJob::ThisSlot> ready_;
  std::exception_ptr input_error_;
  bool input_ended_ = std::is_same_v<Puller, NoPuller<T>>;
  bool wanted_ = true;  ///< the current result is still to come
  bool ended_ = false;
};

}  // namespace detail
}  // namespace prun
