// prun::Pool: Python's multiprocessing.Pool for C++.
//
//   prun::Pool pool{4};
//   std::vector<long> r = pool.map(fib, nums);
//   for (long x : pool.imap(fib, std::views::iota(1, 40))) ...
//
// Functions: free functions, captureless lambdas, and callables whose captures are trivially copyable. Arguments and results:
// trivially copyable types, std::string, tuples, and whatever cereal knows. Functions run in processes forked when the pool is
// made: they see the program's memory as it was then, and what they change of it is theirs alone.
#pragma once

#include <prun/async_result.hpp>
#include <prun/context.hpp>
#include <prun/detail/map_job.hpp>
#include <prun/detail/result_stream.hpp>
#include <prun/error.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
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
  using TheJob = ImapJob<Transport, F, T, Unpack, Ordered>;
  using Source = StreamSource<TheJob, Puller>;
  Transport::template check_callable<F>();
  Transport::template check_argument<T>();
  Transport::template check_result<typename TheJob::R>();
  static_assert(!std::is_void_v<typename TheJob::R>, "prun: imap yields results; for a function without one use map");
  const std::uint64_t chunksize = positive(options.chunksize.value_or(1), "chunksize");
  ReadAhead limit;
  limit.workers = core->workers();
  limit.tasks = options.buffersize ? positive(*options.buffersize, "buffersize")
                                   : std::max<std::uint64_t>(limit.tasks, chunksize * core->workers() * 4);
  typename Transport::template Callable<F> callable = [&] {
    if constexpr (Transport::threads) {
      return std::make_shared<const F>(std::move(function));
    } else {
      return std::move(function);
    }
  }();
  {
    auto lock = core->lock();
    core->require_open(lock);
  }
  auto job = std::make_shared<TheJob>(*core, std::move(callable), chunksize, limit);
  prepare(*job);
  typename Source::Limits limits;
  limits.exact = options.buffersize.has_value();
  limits.deadline = deadline;
  return ResultStream<typename TheJob::R, Source>(
      std::make_unique<Source>(core, std::move(job), std::move(puller), limits));
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
    RangePuller<std::views::all_t<Range>> puller(std::views::all(std::forward<Range>(range)));
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
  /// @throws std::invalid_argument for 0 or less; std::system_error where no process can be started
  explicit BasicPool(std::optional<std::int64_t> processes = std::nullopt, const PoolOptions& options = {})
      : core_(detail::core_options(processes, options, Transport::threads, false)) {}
  BasicPool(const BasicPool&) = delete;
  BasicPool& operator=(const BasicPool&) = delete;
  ~BasicPool() {
    if (!core_.foreign()) core_->terminate();
  }

  [[nodiscard]] std::uint32_t processes() const { return core_->workers(); }

  /// f(args...) in a worker; returns or throws what it does.
  template <class F, class... Args>
  auto apply(F function, Args&&... args) {
    return apply_async(std::move(function), std::forward<Args>(args)...).get();
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
  /// The same, each item unpacked: f(parts of item...).
  template <class F, std::ranges::input_range Range>
  auto starmap(F function, Range&& items, const MapOptions& options = {}) {
    auto job = detail::submit_map<Transport, true, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                         options.chunksize);
    job->wait(std::nullopt);
    return job->take_result();
  }
  /// As map, at once: the items are copied. The callbacks are called with the whole list, or with the exception.
  template <class F, std::ranges::input_range Range>
  auto map_async(F function, Range&& items, const MapOptions& options = {},
                 AsyncCallbacks<detail::WholeOf<F, detail::ItemOf<Range>, false>> callbacks = {}) {
    return detached<false>(std::move(function), std::forward<Range>(items), options, std::move(callbacks));
  }
  template <class F, std::ranges::input_range Range>
  auto starmap_async(F function, Range&& items, const MapOptions& options = {},
                     AsyncCallbacks<detail::WholeOf<F, detail::ItemOf<Range>, true>> callbacks = {}) {
    return detached<true>(std::move(function), std::forward<Range>(items), options, std::move(callbacks));
  }

  /// A lazy range of f(item), in order, each as soon as it and all before it are there. An lvalue range is borrowed.
  template <class F, std::ranges::input_range Range>
  auto imap(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                      options, std::nullopt);
  }
  /// The same as they complete.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, false>(core_.get(), std::move(function), std::forward<Range>(items),
                                                       options, std::nullopt);
  }

  /// No new calls; what there is goes on.
  void close() { core_->close(); }
  /// After close(): returns when everything has ended and the workers are gone. @throws MisuseError before close()
  void join() { core_->join(); }
  /// Ends the workers now. Calls that have not ended throw CancelledError.
  void terminate() { core_->terminate(); }

  /// Process ids of the workers that live now (numbers of threads for a ThreadPool).
  [[nodiscard]] std::vector<std::int32_t> worker_pids() const { return core_->worker_pids(); }

 private:
  template <bool Unpack, class F, class Range, class Callbacks>
  auto detached(F function, Range&& items, const MapOptions& options, Callbacks callbacks) {
    auto job = detail::submit_map<Transport, Unpack, false>(core_.get(), std::move(function),
                                                            std::forward<Range>(items), options.chunksize);
    using Whole = typename std::remove_reference_t<decltype(*job)>::Whole;
    std::shared_ptr<detail::CallResultJob<Whole>> result = std::move(job);
    detail::attach_callbacks(result, std::move(callbacks));
    return AsyncResult<Whole>(std::move(result));
  }

  detail::OwnCore core_;
};

using Pool = BasicPool<detail::ProcessTransport>;

}  // namespace prun
