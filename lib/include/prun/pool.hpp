// prun::Pool: Python's multiprocessing.Pool for C++.
//
//   prun::Pool pool{4};
//   std::vector<long> r = pool.map(fib, nums);
//   for (long x : pool.imap(fib, std::views::iota(1, 40))) ...
//
// Functions run in processes forked when the pool is made: they see the program's memory as it was then, and what they change of
// it is theirs alone. A program whose other threads are busy then uses Start::spawn (prun/start.hpp). What may go there and back:
// - Functions: free functions; pointers to members; lambdas whose captures are trivially copyable (numbers, not strings); with
//   state of other kinds std::bind_front(f, values...), and classes with operator(), a `serialize` function and a default
//   constructor; a std::function that holds a function or a small lambda of these (larger ones throw std::invalid_argument).
// - Arguments and results: trivially copyable types; std::string, containers, tuples, optionals, variants, smart pointers and
//   std::filesystem::path of such; classes with a `serialize` function as https://uscilab.github.io/cereal/ describes it.
// - Not addresses: pointers, views and references are refused where the type shows them. A capture by reference, [&], does not
//   show; it throws std::invalid_argument where it refers to the caller's stack (prun/detail/stack_address.hpp). An address of
//   other memory, such as a captured pointer to the heap, cannot be told from a number: in a worker it is good for what was
//   there before the pool was made, as it was then.
// Where all that is in the way, ThreadPool takes any callable and any type.
#pragma once

#include <prun/async_result.hpp>
#include <prun/context.hpp>
#include <prun/detail/map_job.hpp>
#include <prun/detail/result_stream.hpp>
#include <prun/error.hpp>
#include <prun/start.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace prun {

struct PoolOptions {
  std::function<void()> initializer =
      {};  ///< run in each worker before its first task; if it throws, the pool is broken
  std::optional<std::int64_t> max_tasks_per_child = {};  ///< a worker is replaced after so many tasks; processes only
  std::uint64_t seed = 0;                                ///< see TaskContext::seed
  Start start = Start::fork;                             ///< see prun/start.hpp; processes only
};

struct MapOptions {
  std::optional<std::int64_t> chunksize = {};  ///< tasks that a worker takes at once, at least 1; absent: the default
};

struct ImapOptions {
  std::optional<std::int64_t> chunksize = {};  ///< by default 1
  std::optional<std::int64_t> buffersize =
      {};  ///< inputs read before the first result is taken; absent: a default window
};

namespace detail {

PoolCore::Options core_options(std::optional<std::int64_t> workers, const PoolOptions& options, bool threads,
                               bool on_demand);
/// @throws std::invalid_argument naming `what`, where the number is not positive
std::uint64_t positive(std::int64_t number, const char* what);

template <class Transport, bool Unpack, bool Ordered, class F, class Puller, class Prepare>
auto open_stream(const std::shared_ptr<PoolCore>& core, F function, Puller puller, const ImapOptions& options,
                 Deadline deadline, Prepare prepare) {
  using T = typename Puller::value_type;
  using R = ResultOf<F, T, Unpack>;
  if constexpr (!require_sendable_call<Transport, F, T, Unpack>()) {
    return ResultStream<R, NoSource<R>>(nullptr);
  } else {
    using TheJob = ImapJob<Transport, F, T, Unpack, Ordered>;
    using Source = StreamSource<Transport, TheJob, Puller>;
    const std::uint64_t chunksize = positive(options.chunksize.value_or(1), "chunksize");
    ReadAhead limit;
    limit.workers = core->workers();
    limit.tasks = options.buffersize ? positive(*options.buffersize, "buffersize")
                                     : std::max<std::uint64_t>(limit.tasks, chunksize * core->workers() * 4);
    auto job = std::make_shared<TheJob>(*core, Transport::template hold<F>(std::move(function)), chunksize, limit);
    {
      auto lock = core->lock();
      job->call_number = core->new_call(lock);
    }
    prepare(*job);
    typename Source::Limits limits;
    limits.exact = options.buffersize.has_value();
    limits.deadline = deadline;
    return ResultStream<R, Source>(std::make_unique<Source>(core, std::move(job), std::move(puller), limits));
  }
}

template <class Transport, bool Ordered, class F, class Range>
auto open_range_stream(const std::shared_ptr<PoolCore>& core, F function, Range&& range, const ImapOptions& options,
                       Deadline deadline) {
  using T = ItemOf<Range>;
  if constexpr (IntegerRange<Range> && std::invocable<const F&, T>) {
    const auto first = *std::ranges::begin(range);
    std::uint64_t count = UINT64_MAX;
    if constexpr (std::ranges::sized_range<Range>) count = static_cast<std::uint64_t>(std::ranges::size(range));
    return open_stream<Transport, false, Ordered>(core, std::move(function), NoPuller<T>{}, options, deadline,
                                                  [&](auto& job) { job.set_integers(first, count); });
  } else {
    RangePuller<Range> puller(std::forward<Range>(range));
    return open_stream<Transport, false, Ordered>(core, std::move(function), std::move(puller), options, deadline,
                                                  [](auto&) {});
  }
}

}  // namespace detail

/// The pool's interface, over processes (Pool) or threads (ThreadPool). Thread-safe, but for its end. Going out of scope
/// terminates it, as leaving Python's `with` does: to finish the work first, close() and join().
template <class Transport>
class BasicPool {
 public:
  /// @param processes how many workers, at least 1; absent: as many as the CPUs that this process may use
  /// @throws std::invalid_argument for 0 or less; std::system_error where not all of them can be started, which names the limit
  explicit BasicPool(std::optional<std::int64_t> processes = std::nullopt, const PoolOptions& options = {})
      : core_(detail::core_options(processes, options, Transport::threads, false)) {}
  /// A pool that was moved from can only be assigned to, or destroyed. Streams and results follow the pool.
  BasicPool(BasicPool&&) noexcept = default;
  BasicPool& operator=(BasicPool&& other) noexcept {
    if (this != &other) {
      end();
      core_ = std::move(other.core_);
    }
    return *this;
  }
  ~BasicPool() { end(); }

  [[nodiscard]] std::uint32_t processes() const { return core_->workers(); }

  /// f(args...) in a worker; returns or throws what it does.
  template <class F, class... Args>
  auto apply(F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    job->wait(std::nullopt);
    return job->take_result();
  }
  template <class F, class... Args>
  auto apply_async(F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    return AsyncResult(std::move(job));
  }
  /// The same; then, in the pool's own thread, one of the callbacks is called, with the result or with the exception.
  template <class R, class F, class... Args>
  auto apply_async(AsyncCallbacks<R> callbacks, F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    detail::attach_callbacks(job, std::move(callbacks));
    return AsyncResult(std::move(job));
  }

  /// f(item) for each item: the results in the items' order, when all have ended. Throws the exception of the first item (in
  /// order) that failed, after all have ended.
  template <class F, std::ranges::input_range Range>
  auto map(F function, Range&& items, const MapOptions& options = {}) {
    auto job = detail::submit_map<Transport, false, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                          options.chunksize);
    job->wait(std::nullopt);
    return job->take_result();
  }
  /// map(f, {1, 2, 3})
  template <class F, class T>
  auto map(F function, std::initializer_list<T> items, const MapOptions& options = {}) {
    return map(std::move(function), std::span<const T>(items.begin(), items.size()), options);
  }
  /// The same, each item unpacked: f(parts of item...).
  template <class F, std::ranges::input_range Range>
  auto starmap(F function, Range&& items, const MapOptions& options = {}) {
    auto job = detail::submit_map<Transport, true, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                         options.chunksize);
    job->wait(std::nullopt);
    return job->take_result();
  }
  template <class F, class T>
  auto starmap(F function, std::initializer_list<T> items, const MapOptions& options = {}) {
    return starmap(std::move(function), std::span<const T>(items.begin(), items.size()), options);
  }
  /// As map, at once: the items are copied. The callbacks are called with the whole list, or with the exception.
  template <class F, std::ranges::input_range Range>
  auto map_async(F function, Range&& items, const MapOptions& options = {},
                 AsyncCallbacks<detail::WholeOf<F, detail::ItemOf<Range>, false>> callbacks = {}) {
    return detached<false>(std::move(function), std::forward<Range>(items), options, std::move(callbacks));
  }
  template <class F, class T>
  auto map_async(F function, std::initializer_list<T> items, const MapOptions& options = {},
                 AsyncCallbacks<detail::WholeOf<F, detail::Kept<T>, false>> callbacks = {}) {
    return detached<false>(std::move(function), std::vector<T>(items), options, std::move(callbacks));
  }
  template <class F, std::ranges::input_range Range>
  auto starmap_async(F function, Range&& items, const MapOptions& options = {},
                     AsyncCallbacks<detail::WholeOf<F, detail::ItemOf<Range>, true>> callbacks = {}) {
    return detached<true>(std::move(function), std::forward<Range>(items), options, std::move(callbacks));
  }

  template <class F, class T>
  auto starmap_async(F function, std::initializer_list<T> items, const MapOptions& options = {},
                     AsyncCallbacks<detail::WholeOf<F, detail::Kept<T>, true>> callbacks = {}) {
    return detached<true>(std::move(function), std::vector<T>(items), options, std::move(callbacks));
  }

  /// A lazy range of f(item), in order, each as soon as it and all before it are there. An lvalue range is borrowed.
  template <class F, std::ranges::input_range Range>
  auto imap(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                      options, std::nullopt);
  }
  template <class F, class T>
  auto imap(F function, std::initializer_list<T> items, const ImapOptions& options = {}) {
    return imap(std::move(function), std::vector<T>(items), options);
  }
  /// The same as they complete.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, false>(core_.get(), std::move(function), std::forward<Range>(items),
                                                       options, std::nullopt);
  }

  template <class F, class T>
  auto imap_unordered(F function, std::initializer_list<T> items, const ImapOptions& options = {}) {
    return imap_unordered(std::move(function), std::vector<T>(items), options);
  }

  /// No new calls; what there is goes on.
  void close() { core_->close(); }
  /// After close(): returns when everything has ended and the workers are gone. Streams of imap read all their inputs for that,
  /// and keep the results. @throws MisuseError before close()
  void join() { core_->join(); }
  /// Ends the workers now. Calls that have not ended throw CancelledError.
  void terminate() { core_->terminate(); }

  /// Process ids of the workers that live now (numbers of threads for a ThreadPool).
  [[nodiscard]] std::vector<std::int32_t> worker_pids() const { return core_->worker_pids(); }

 private:
  void end() noexcept {
    if (!core_.foreign()) core_->terminate();
  }
  template <bool Unpack, class F, class Range, class Callbacks>
  auto detached(F function, Range&& items, const MapOptions& options, Callbacks callbacks) {
    auto job = detail::submit_map<Transport, Unpack, false>(core_.get(), std::move(function),
                                                            std::forward<Range>(items), options.chunksize);
    detail::attach_callbacks(job, std::move(callbacks));
    return AsyncResult(std::move(job));
  }

  detail::OwnCore core_;
};

using Pool = BasicPool<detail::ProcessTransport>;

}  // namespace prun
