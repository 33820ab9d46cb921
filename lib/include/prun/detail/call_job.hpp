// One call: the state behind an AsyncResult or a Future.
#pragma once

#include <prun/detail/pool_core.hpp>
#include <prun/detail/transport.hpp>
#include <prun/error.hpp>

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace prun::detail {

enum class CallState : std::uint8_t { pending, done, cancelled };

/// Told when a call has ended; for wait() and as_completed(), which watch many.
class Observer {
 public:
  /// Called once for each call that ends, with its pool's lock held.
  void notify(const Job* job) {
    const std::lock_guard guard(mutex_);
    ended_.push_back(job);
    changed_.notify_all();
  }
  /// The calls that have ended since the last time; waits for one until the deadline.
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

/// What does not depend on the result's type.
class CallJobBase : public Job {
 public:
  explicit CallJobBase(std::weak_ptr<PoolCore> core) : core_(std::move(core)) {}

  [[nodiscard]] CallState state() const noexcept { return state_.load(std::memory_order_acquire); }
  [[nodiscard]] bool ended() const noexcept { return state() != CallState::pending; }
  /// The pool, null once it is gone: then the call has ended.
  [[nodiscard]] std::shared_ptr<PoolCore> core() const { return core_.lock(); }

  /// False where the deadline came first.
  bool wait(const Deadline& deadline) {
    if (ended()) return true;
    const auto pool = core();
    if (!pool) return ended();
    auto lock = pool->lock();
    return pool->wait(lock, [this] { return ended(); }, deadline);
  }

  [[nodiscard]] bool running() {
    const auto pool = core();
    if (ended() || !pool) return false;
    auto lock = pool->lock();
    return !ended() && pool->running(lock, *this, 0);
  }

  /// Withdraws the call, unless a worker has it or it has ended; true where it is cancelled now, or was before.
  bool cancel() {
    if (const auto pool = core(); pool && !ended()) {
      auto lock = pool->lock();
      if (!ended()) pool->cancel(lock, *this);
    }
    return state() == CallState::cancelled;
  }

  /// Calls `callback` once the call has ended, at once where it has.
  void add_done_callback(std::function<void()> callback) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      if (!ended()) {
        callbacks_.push_back(std::move(callback));
        return;
      }
    }
    callback();
  }

  void observe(const std::shared_ptr<Observer>& observer) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      if (!ended()) {
        observers_.push_back(observer);
        return;
      }
    }
    observer->notify(this);
  }
  void forget(const std::shared_ptr<Observer>& observer) {
    if (const auto pool = core()) {
      auto lock = pool->lock();
      std::erase(observers_, observer);
    }
  }

 protected:
  void end(CallState state) {
    state_.store(state, std::memory_order_release);
    for (const auto& observer : std::exchange(observers_, {})) observer->notify(this);
    if (callbacks_.empty()) return;
    if (const auto pool = core()) {
      for (auto& callback : std::exchange(callbacks_, {})) pool->defer(std::move(callback));
    } else {
      for (auto& callback : std::exchange(callbacks_, {})) callback();
    }
  }

 private:
  std::weak_ptr<PoolCore> core_;
  std::atomic<CallState> state_{CallState::pending};
  std::vector<std::function<void()>> callbacks_;
  std::vector<std::shared_ptr<Observer>> observers_;
};

/// With its result, however it travels.
template <class R>
class CallResultJob : public CallJobBase {
 public:
  using CallJobBase::CallJobBase;
  /// After it has ended: the result, or throws the failure. May be called again and again.
  virtual R result() = 0;
};

template <class Transport, class R>
class CallJob final : public CallResultJob<R> {
 public:
  CallJob(std::weak_ptr<PoolCore> core, Entry entry, std::string payload, std::shared_ptr<const void> keep_alive,
          void (*discard)(std::string_view))
      : CallResultJob<R>(std::move(core)), entry_(entry), payload_(std::move(payload)), keep_alive_(std::move(keep_alive)),
        discard_(discard) {}

  bool next_chunk(ChunkSpec& chunk) override {
    if (handed_out_) return false;
    handed_out_ = true;
    chunk.entry = entry_;
    chunk.count = 1;
    chunk.first_index = 0;
    chunk.payload.swap(payload_);
    return true;
  }
  void on_value(std::uint64_t, std::string_view value, const AttemptInfo&) override {
    stored_.emplace(Transport::template store<R>(value));
    this->end(CallState::done);
  }
  void on_failure(std::uint64_t, Failure&& failure, const AttemptInfo&) override {
    const bool cancelled = failure.kind == FailureKind::cancelled;
    failure_ = std::make_unique<Failure>(std::move(failure));
    this->end(cancelled ? CallState::cancelled : CallState::done);
  }
  void on_discard(std::string_view payload) override { discard_(payload); }

  R result() override {
    if (failure_) throw_failure(*failure_);
    return Transport::template open<R>(*stored_);
  }

 private:
  Entry entry_;
  std::string payload_;
  std::shared_ptr<const void> keep_alive_;
  void (*discard_)(std::string_view);
  bool handed_out_ = false;
  std::optional<typename Transport::template Stored<R>> stored_;
  std::unique_ptr<Failure> failure_;
};

/// Makes and submits the job of f(arguments...). What cannot be turned into bytes is the call's failure, not the caller's.
template <class Transport, class F, class... Args>
auto submit_call(const std::shared_ptr<PoolCore>& core, F function, Args&&... args) {
  using Arg = std::tuple<Kept<Args>...>;
  using R = ResultOf<F, Arg, true>;
  Transport::template check_callable<F>();
  (Transport::template check_argument<Kept<Args>>(), ...);
  Transport::template check_result<R>();

  std::string payload;
  std::shared_ptr<const void> keep_alive;
  if constexpr (Transport::threads) {
    auto shared = std::make_shared<const F>(std::move(function));
    Transport::template put_callable<F>(payload, shared);
    keep_alive = std::move(shared);
  } else {
    Transport::template put_callable<F>(payload, function);
  }
  std::optional<Failure> failure;
  try {
    Transport::template put_item<Arg>(payload, Arg(std::forward<Args>(args)...));
  } catch (const std::exception& e) {
    failure.emplace();
    failure->kind = FailureKind::bad_arguments;
    failure->type = "prun::ArgumentError";
    failure->message = std::string("the argument cannot be written: ") + e.what();
  }
  constexpr auto discard = [](std::string_view rest) {
    Transport::template take_callable<F>(rest);
    Transport::template discard_item<Arg>(rest);
  };
  auto job = std::make_shared<CallJob<Transport, R>>(core, &run_items<Transport, F, Arg, true>, std::move(payload),
                                                     std::move(keep_alive), +discard);
  auto lock = core->lock();
  core->require_open(lock);
  if (failure) {
    job->on_failure(0, std::move(*failure), {});
  } else {
    core->submit(lock, job);
  }
  return std::static_pointer_cast<CallResultJob<R>>(job);
}

}  // namespace prun::detail
