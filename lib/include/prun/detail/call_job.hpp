// One call: the shared state of AsyncResult and Future.
#pragma once

#include <prun/detail/entry_point.hpp>
#include <prun/detail/pool_core.hpp>
#include <prun/error.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace prun::detail {

/// Frees the arguments of items [first, last) of a payload. The others belong to workers.
template <class Transport, class F, class T>
void discard_items(std::string_view payload, std::uint32_t first, std::uint32_t last) {
  Transport::template skip_callable<F>(payload);
  for (std::uint32_t i = 0; i < last; ++i) {
    std::string_view item = Transport::template next_item<T>(payload);
    if (i >= first) Transport::template discard_item<T>(item);
  }
}

enum class CallState : std::uint8_t { pending, done, cancelled };

/// Returns the exception that throw_failure() throws.
[[nodiscard]] std::exception_ptr exception_of(const Failure& failure) noexcept;

/// Returns true if the calling thread runs a callback of a call.
[[nodiscard]] bool in_callback() noexcept;

/// Exists while this thread runs callbacks.
class CallbackScope {
 public:
  CallbackScope() noexcept;
  CallbackScope(const CallbackScope&) = delete;
  CallbackScope& operator=(const CallbackScope&) = delete;
  ~CallbackScope();
};

/// Is notified when a call has ended. wait() and as_completed() use it to watch many calls.
class Observer {
 public:
  /// Created in a callback. It cannot wait for callbacks to return, so it is notified when the outcome arrives.
  const bool hasty = in_callback();

  /// Called once for each call that ends, with the lock of its pool held.
  void notify(const Job* job) {
    const std::lock_guard guard(mutex_);
    ended_.push_back(job);
    changed_.notify_all();
  }
  /// Returns the calls that have ended since the last time. Waits for one until the deadline.
  std::vector<const Job*> take(const Deadline& deadline) {
    std::unique_lock lock(mutex_);
    const auto some = [this] { return !ended_.empty(); };
    deadline ? static_cast<void>(changed_.wait_until(lock, *deadline, some)) : changed_.wait(lock, some);
    return std::exchange(ended_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<const Job*> ended_;
};

/// The part that does not depend on the type of the result. A call with callbacks ends in two steps: its outcome arrives,
/// then its callbacks return. Waiting threads wake after the second step, because objects that a callback refers to may be
/// destroyed after a wait. The callbacks themselves see the call as ended after the first step.
class CallJobBase : public Job {
 public:
  explicit CallJobBase(std::weak_ptr<PoolCore> core) : core_(std::move(core)) {}

  [[nodiscard]] CallState state() const noexcept { return state_.load(std::memory_order_acquire); }
  [[nodiscard]] bool ended() const noexcept {
    return settled_.load(std::memory_order_acquire) || (state() != CallState::pending && in_callback());
  }
  /// The pool; null if it is destroyed. Then the call has ended or is about to end.
  [[nodiscard]] std::shared_ptr<PoolCore> core() const { return core_.lock(); }

  /// The exception that result() would throw; null if there is a result. Call it after the end.
  [[nodiscard]] virtual std::exception_ptr error() = 0;

  /// Returns false at the deadline.
  bool wait(const Deadline& deadline) {
    if (ended()) return true;
    const auto pool = core();
    if (!pool) return wait_for_last_callbacks(deadline);
    auto lock = pool->lock();
    return pool->wait(
        lock, [this] { return ended(); }, deadline);
  }

  [[nodiscard]] bool running() {
    const auto pool = core();
    if (ended() || !pool) return false;
    auto lock = pool->lock();
    return !ended() && pool->running(lock, *this, 0);
  }

  /// Cancels the call unless a worker runs it or it has ended. Returns true if it is cancelled, now or before. Calls its
  /// callbacks.
  bool cancel() {
    if (const auto pool = core(); pool && state() == CallState::pending) {
      bool owed = false;
      {
        auto lock = pool->lock();
        if (state() == CallState::pending) pool->cancel(lock, *this);
        owed = claim_callbacks();
      }
      if (owed) run_callbacks();
    }
    return state() == CallState::cancelled;
  }

  /// Calls `callback` once the call has ended, immediately if it has ended already.
  void add_done_callback(std::function<void()> callback) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      if (!ended()) {
        watchers().callbacks.push_back(std::move(callback));
        return;
      }
    }
    const CallbackScope scope;
    callback();
  }

  /// The same for a call that is not submitted yet: a thread of the pool will call it.
  void add_callback_before_submit(std::function<void()> callback) {
    watchers().callbacks.push_back(std::move(callback));
  }

  void observe(const std::shared_ptr<Observer>& observer) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      if (!ended()) {
        watchers().observers.push_back(observer);
        return;
      }
    }
    observer->notify(this);
  }
  void forget(const std::shared_ptr<Observer>& observer) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      if (watchers_) std::erase(watchers_->observers, observer);
    }
  }

 protected:
  /// The outcome has arrived. Called with the lock of the pool.
  void end(CallState state) {
    state_.store(state, std::memory_order_release);
    if (!watchers_) {
      settled_.store(true, std::memory_order_release);
      return;
    }
    std::erase_if(watchers_->observers, [this](const std::shared_ptr<Observer>& observer) {
      if (observer->hasty) observer->notify(this);
      return observer->hasty;
    });
    if (watchers_->callbacks.empty()) {
      settle();
      return;
    }
    watchers_->owed = true;
    auto run = [self = std::static_pointer_cast<CallJobBase>(shared_from_this())] { self->run_owed_callbacks(); };
    const auto pool = core();
    pool ? pool->defer(std::move(run)) : run();
  }

 private:
  /// Allocated on demand, because most calls have none.
  struct Watchers {
    std::vector<std::function<void()>> callbacks;
    std::vector<std::shared_ptr<Observer>> observers;
    bool owed = false;  ///< the outcome has arrived, and no thread has begun to run the callbacks
  };
  /// The lock of the pool, if the pool exists.
  struct Guard {
    explicit Guard(std::shared_ptr<PoolCore> of) : pool(std::move(of)) {
      if (pool) lock = pool->lock();
    }
    std::shared_ptr<PoolCore> pool;
    PoolCore::Lock lock;
  };

  Watchers& watchers() {
    if (!watchers_) watchers_ = std::make_unique<Watchers>();
    return *watchers_;
  }
  bool claim_callbacks() { return watchers_ && std::exchange(watchers_->owed, false); }

  void run_owed_callbacks() {
    {
      const Guard guard(core());
      if (!claim_callbacks()) return;
    }
    run_callbacks();
  }
  /// Runs them in the order added, including those added meanwhile. Then the call has ended for all threads.
  void run_callbacks() {
    const CallbackScope scope;
    for (;;) {
      std::vector<std::function<void()>> batch;
      {
        const Guard guard(core());
        batch.swap(watchers_->callbacks);
        if (batch.empty()) {
          settle();
          if (guard.pool) guard.pool->settled();
          return;
        }
      }
      for (auto& callback : batch) callback();
    }
  }
  void settle() {
    settled_.store(true, std::memory_order_release);
    const std::unique_ptr<Watchers> watchers = std::move(watchers_);
    for (const auto& observer : watchers->observers) observer->notify(this);
  }
  /// Another thread, which destroys the pool, is running the callbacks.
  bool wait_for_last_callbacks(const Deadline& deadline) {
    while (!ended()) {
      if (deadline && std::chrono::steady_clock::now() >= *deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
  }

  std::weak_ptr<PoolCore> core_;
  std::unique_ptr<Watchers> watchers_;
  std::atomic<CallState> state_{CallState::pending};
  std::atomic<bool> settled_{false};
};

/// The failure for an argument whose serialization has just thrown. Call it in a catch clause.
[[nodiscard]] Failure unwritable_argument();

/// A call with its result, independent of the transport.
template <class R>
class CallResultJob : public CallJobBase {
 public:
  using CallJobBase::CallJobBase;
  /// Returns the result, or throws the failure. Call it after the end, any number of times.
  virtual R result() = 0;
  /// The same for a single caller, once: moves the result if possible.
  virtual R take_result() { return result(); }
};

/// If the serialization of the argument throws, the call fails, not the caller.
template <class Transport, class F, class Arg>
class CallJob final : public CallResultJob<ResultOf<F, Arg, true>> {
 public:
  using R = ResultOf<F, Arg, true>;
  using Callable = typename Transport::template Callable<F>;
  using Item = typename Transport::template Item<Arg>;

  CallJob(std::weak_ptr<PoolCore> core, Callable function, Item argument)
      : CallResultJob<R>(std::move(core)), function_(std::move(function)), argument_(std::move(argument)) {}

  bool next_chunk(ChunkSpec& chunk) override {
    if (!argument_) return false;
    std::optional<Item> argument = std::exchange(argument_, std::nullopt);
    chunk.entry = &run_items<Transport, F, Arg, true>;
    chunk.count = 1;
    chunk.first_index = 0;
    Transport::template put_callable<F>(chunk.payload, function_);
    try {
      Transport::template put_item<Arg>(chunk.payload, std::move(*argument));
      return true;
    } catch (...) {
      on_failure(0, unwritable_argument(), {});
      return false;
    }
  }
  void on_value(std::uint64_t, std::string_view value, const AttemptInfo&) override {
    stored_.emplace(Transport::template store<R>(value));
    this->end(CallState::done);
  }
  std::byte* place_piece(std::uint64_t, const Job::Piece& piece) override {
    if (piece.at == 0) stored_.emplace();
    return Transport::template place_piece<R>(*stored_, piece);
  }
  void on_placed(std::uint64_t, const AttemptInfo&) override { this->end(CallState::done); }
  void on_failure(std::uint64_t, Failure&& failure, const AttemptInfo&) override {
    stored_.reset();
    const bool cancelled = failure.kind == FailureKind::cancelled;
    failure_ = std::make_unique<Failure>(std::move(failure));
    this->end(cancelled ? CallState::cancelled : CallState::done);
    if (const auto pool = this->core()) pool->settled();
  }
  void on_discard(std::string_view payload, std::uint32_t, std::uint32_t) override {
    Transport::template skip_callable<F>(payload);
    Transport::template discard_item<Arg>(payload);
  }

  R result() override {
    if (failure_) throw_failure(*failure_);
    return Transport::template open<R>(*stored_);
  }
  R take_result() override {
    if (failure_) throw_failure(*failure_);
    return Transport::template take<R>(*stored_);
  }
  std::exception_ptr error() override {
    return failure_ ? exception_of(*failure_) : Transport::template error<R>(*stored_);
  }

 private:
  [[no_unique_address]] Callable function_;
  std::optional<Item> argument_;  ///< until a worker takes it
  std::optional<typename Transport::template Stored<R>> stored_;
  std::unique_ptr<Failure> failure_;
};

/// Prepares a call that needs no preparation.
struct Unprepared {
  void operator()(const CallJobBase&) const noexcept {}
};

/// The arguments in the form in which a job keeps them.
template <class Transport, class Arg, class... Args>
typename Transport::template Item<Arg> keep_argument(Args&&... args) {
  Arg argument(std::forward<Args>(args)...);
  if constexpr (Transport::template written_at_call<Arg>) {
    return Transport::write_item(argument);
  } else {
    Transport::check_item(argument);
    return argument;
  }
}

/// Makes and submits the job of f(arguments...), with the arguments kept as `Arg`. `prepare` is called with the job before a
/// worker can take it.
template <class Transport, class Arg, class Prepare, class F, class... Args>
auto submit_call_with(const std::shared_ptr<PoolCore>& core, Prepare&& prepare, F function, Args&&... args) {
  using R = ResultOf<F, Arg, true>;
  std::shared_ptr<CallResultJob<R>> result;
  if constexpr (require_sendable_call<Transport, F, Arg, true>()) {
    auto callable = Transport::template hold<F>(std::move(function));
    typename Transport::template Item<Arg> argument = keep_argument<Transport, Arg>(std::forward<Args>(args)...);
    auto job = std::make_shared<CallJob<Transport, F, Arg>>(core, std::move(callable), std::move(argument));
    std::forward<Prepare>(prepare)(*job);
    auto lock = core->lock();
    core->submit(lock, job);
    result = std::move(job);
  }
  return result;
}
template <class Transport, class Prepare, class F, class... Args>
auto submit_prepared_call(const std::shared_ptr<PoolCore>& core, Prepare&& prepare, F function, Args&&... args) {
  return submit_call_with<Transport, std::tuple<Kept<Args>...>>(core, std::forward<Prepare>(prepare),
                                                                std::move(function), std::forward<Args>(args)...);
}
template <class Transport, class F, class... Args>
auto submit_call(const std::shared_ptr<PoolCore>& core, F function, Args&&... args) {
  return submit_prepared_call<Transport>(core, Unprepared{}, std::move(function), std::forward<Args>(args)...);
}
/// For a caller that waits.
template <class Transport, class F, class... Args>
auto submit_waited_call(const std::shared_ptr<PoolCore>& core, F function, Args&&... args) {
  using Arg = typename std::conditional_t<Transport::threads, std::type_identity<LentArguments<F, Args...>>,
                                          std::type_identity<std::tuple<Kept<Args>...>>>::type;
  return submit_call_with<Transport, Arg>(core, Unprepared{}, std::move(function), std::forward<Args>(args)...);
}

}  // namespace prun::detail
