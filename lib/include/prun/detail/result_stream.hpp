// The lazy range of results that imap, imap_unordered and Executor.map return. The thread that takes results also reads the
// inputs, up to a limit ahead, so infinite input needs constant memory. Only the end of the pool reads further.
#pragma once

#include <prun/detail/imap_job.hpp>
#include <prun/detail/range_puller.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <iterator>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>
#include <variant>

namespace prun {

/// A single-pass input range: `for (long x : pool.imap(fib, nums))`. For a function without a result it yields
/// std::monostate for each call. A failed call throws where its result is read (operator* or next()). The later results are
/// still available: continue with ++ or next(). An exception of the input is rethrown after everything before it has been
/// taken. Movable. Not thread-safe.
///
/// It may outlive its pool. close() with join(), and shutdown(), first read and run all remaining inputs, so that every
/// result can be taken later. (With a buffersize they do not: unread inputs end the stream with a MisuseError.) Destroying a
/// stream cancels what no worker has begun. Destroy a stream over infinite inputs before you wait for the end of the pool.
template <class R, class Source>
class ResultStream {
 public:
  using Value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  explicit ResultStream(std::unique_ptr<Source> source) : source_(std::move(source)) {}

  class iterator {  // NOLINT(readability-identifier-naming): the name that ranges have
   public:
    using iterator_concept = std::input_iterator_tag;
    using value_type = Value;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    explicit iterator(Source* source) : source_(source) {}
    /// A reference to move from: `for (auto x : stream)` does not copy.
    Value&& operator*() const { return std::move(source_->current()); }
    /// Only requests the next result and does not wait: a loop that stops here waits for nothing.
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

  /// Returns the next result; nothing at the end, also when called again.
  /// @throws what the call threw; TimeoutError at the timeout (it can be called again)
  std::optional<Value> next(std::optional<std::chrono::nanoseconds> timeout = std::nullopt) {
    const detail::Deadline deadline = detail::deadline_after(timeout);
    source_->skip();
    source_->settle(deadline);
    if (source_->at_end()) return std::nullopt;
    return std::move(source_->current());
  }

 private:
  std::unique_ptr<Source> source_;
};

namespace detail {

/// The source for a call that was refused.
template <class R>
struct NoSource {
  using Value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;
  void skip() {}
  void settle(const Deadline&) {}
  [[nodiscard]] bool at_end() { return true; }
  Value& current();
};

/// The consumer's side of a job: reads inputs, takes results. When the pool ends, it may read the remaining inputs in
/// another thread. `reading_` is true while one of the threads reads without the lock.
template <class Transport, class TheJob, class Puller>
class StreamSource final : public InputReader {
 public:
  using R = typename TheJob::R;
  using T = typename Puller::value_type;
  using Value = std::conditional_t<std::is_void_v<R>, std::monostate, R>;

  struct Limits {
    bool exact = false;  ///< read one input for each result taken, not in batches
    std::uint64_t batch = 256;
    Deadline deadline;  ///< for the stream as a whole
  };

  StreamSource(std::shared_ptr<PoolCore> core, std::shared_ptr<TheJob> job, Puller puller, Limits limits)
      : core_(std::move(core)), job_(std::move(job)), puller_(std::move(puller)), limits_(limits) {
    auto lock = core_->lock();
    core_->attach(lock, *this);
    top_up(lock);
  }
  StreamSource(const StreamSource&) = delete;
  StreamSource& operator=(const StreamSource&) = delete;
  ~StreamSource() {
    try {
      auto lock = core_->lock();
      core_->wait(
          lock, [this] { return !reading_; }, std::nullopt);
      core_->detach(lock, *this);
      if (!job_->exhausted()) core_->cancel(lock, *job_);
    } catch (...) {  // a worker's copy of the master's stream: it has nothing to cancel
    }
  }

  /// Drops the current result, if there is one, to make room for the next.
  void skip() {
    if (wanted_ || ended_) return;
    ready_.pop_front();
    current_.reset();
    wanted_ = true;
  }
  /// Waits for the current result or the end.
  void settle(const Deadline& deadline) {
    if (!wanted_ || ended_) return;
    if (ready_.empty() || limits_.exact) fetch(deadline);
    wanted_ = false;
  }
  [[nodiscard]] bool at_end() {
    settle(std::nullopt);
    return ended_;
  }
  Value& current() {
    settle(std::nullopt);
    auto& slot = ready_.front();
    if (slot.failure) throw_failure(*slot.failure);
    if (!current_) {
      if constexpr (std::is_void_v<R>) {
        TheJob::take(slot);
        current_.emplace();
      } else {
        current_.emplace(TheJob::take(slot));
      }
    }
    return *current_;
  }

  // Called by the pool, with its lock.

  [[nodiscard]] State state() const noexcept override {
    if (reading_) return reader_ == std::this_thread::get_id() ? State::ended : State::busy;
    return limits_.exact || unbounded_ ? State::ended : State::open;
  }
  void read_all(PoolCore::Lock& lock) override {
    unbounded_ = true;
    job_->run_unbounded();
    while (!input_ended_ && !core_->refuses(lock)) read_some(lock, limits_.batch);
    if (job_->has_chunk()) core_->resubmit(lock, job_);
    core_->settled();
  }

 private:
  static constexpr bool written = Transport::template written_at_call<T>;

  void fetch(const Deadline& deadline) {
    auto lock = core_->lock();
    if (limits_.exact && !ready_.empty()) {
      give(1);
      top_up(lock);
      return;
    }
    await_one(lock, deadline);
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

  /// Returns when a result is available, or when no more can come.
  void await_one(PoolCore::Lock& lock, const Deadline& deadline) {
    const auto refused = [&] { return !refused_ && core_->refuses(lock); };
    const auto something = [&] { return job_->has_ready() || job_->exhausted() || refused(); };
    const Deadline& first = earlier(deadline, limits_.deadline);
    do {
      top_up(lock);
      while (!core_->wait(lock, something, first)) {
        if (&first == &limits_.deadline) {
          core_->cancel(lock, *job_);
          throw TimeoutError("the map's time ran out; what had not begun was withdrawn");
        }
        throw TimeoutError("the next result was not there in time");
      }
    } while (refused());
  }

  static const Deadline& earlier(const Deadline& a, const Deadline& b) {
    if (!a) return b;
    return b && *b < *a ? b : a;
  }

  void give(std::size_t count) { job_->taken(count); }

  /// Reads inputs as far ahead as allowed and hands them to the workers.
  void top_up(PoolCore::Lock& lock) {
    if (refused_ || reading_) return;
    while (!input_ended_ && !core_->refuses(lock)) {
      const std::uint64_t room = job_->room();
      if (room == 0) break;
      read_some(lock, std::min(room, limits_.batch));
      if (!limits_.exact && job_->has_ready()) break;
    }
    if (core_->refuses(lock)) {
      refuse(lock);
    } else if (job_->has_chunk()) {
      core_->resubmit(lock, job_);
    }
  }

  void read_some(PoolCore::Lock& lock, std::uint64_t count) {
    reading_ = true;
    reader_ = std::this_thread::get_id();
    lock.unlock();  // reading the input may take long, or use the pool itself
    pull(count);
    lock.lock();
    reading_ = false;
    if constexpr (written) {
      job_->push(written_);
    } else {
      job_->push(pulled_);
    }
    if (input_ended_) job_->end_input();
    if (job_->has_chunk() && !core_->refuses(lock)) core_->resubmit(lock, job_);
  }

  /// The pool refuses more inputs: inputs that it does not have fail with the reason.
  void refuse(PoolCore::Lock& lock) {
    refused_ = true;
    if (job_->cut_integers() || !input_ended_) {
      if (!input_error_) input_error_ = core_->refusal(lock);
      input_ended_ = true;
      job_->end_input();
    }
    core_->cancel(lock, *job_);
  }

  void pull(std::uint64_t count) {
    try {
      while (count-- > 0 && !input_ended_) {
        input_ended_ = !puller_.pull(pulled_);
        if (!input_ended_) keep_last();
      }
    } catch (...) {
      input_error_ = std::current_exception();
      input_ended_ = true;
    }
  }

  /// An input that the transport refuses is dropped.
  void keep_last() {
    try {
      if constexpr (written) {
        written_.push_back(Transport::write_item(pulled_.back()));
        pulled_.pop_back();
      } else {
        Transport::check_item(pulled_.back());
      }
    } catch (...) {
      pulled_.pop_back();
      throw;
    }
  }

  std::shared_ptr<PoolCore> core_;
  std::shared_ptr<TheJob> job_;
  Puller puller_;
  Limits limits_;
  std::deque<T> pulled_;
  [[no_unique_address]] std::conditional_t<written, std::deque<WrittenItem>, std::monostate> written_;
  std::deque<typename TheJob::ThisSlot> ready_;
  std::optional<Value> current_;  ///< the first of `ready_`, once it has been looked at
  std::exception_ptr input_error_;
  std::thread::id reader_;
  bool reading_ = false;    ///< `reader_` is reading inputs
  bool unbounded_ = false;  ///< all inputs are to be read now
  bool refused_ = false;
  bool input_ended_ = std::is_same_v<Puller, NoPuller<T>>;
  bool wanted_ = true;  ///< the current result has not been taken yet
  bool ended_ = false;
};

}  // namespace detail
}  // namespace prun
