// prun::Pool: Python's multiprocessing.Pool for C++.
//
//   prun::Pool pool{4};
//   std::vector<long> r = pool.map(fib, nums);
//   for (long x : pool.imap(fib, std::views::iota(1, 40))) ...
//
// Functions run in processes that are forked when the pool is made. They see the memory of that moment, and their changes
// stay in the worker. If other threads of the program are busy, use Start::spawn (prun/start.hpp). A worker can receive:
// - Functions: free functions; pointers to members; lambdas with trivially copyable captures (numbers, not strings). For
//   other state: std::bind_front(f, values...), or a class with operator(), `serialize` and a default constructor. A
//   std::function that holds a function or a small lambda of these (a larger lambda throws std::invalid_argument).
// - Arguments and results: trivially copyable types; std::string, containers, tuples, optionals, variants, smart pointers,
//   std::filesystem::path of such types; classes with a `serialize` function (https://uscilab.github.io/cereal/).
// - Not addresses: a type that contains a pointer, view or reference does not compile. A capture by reference, [&], throws
//   std::invalid_argument if it refers to the caller's stack (prun/detail/stack_address.hpp). prun cannot detect an address
//   of other memory, such as a captured pointer to the heap. In a worker it refers to the memory as it was when the pool was
//   made.
// An argument or callable is serialized once. If its type has a `serialize` function, the thread that makes the call serializes it
// (for a stream, the thread that reads its inputs), and what the function writes is checked for addresses too. If the function
// throws for an argument, that call fails.
// ThreadPool has none of these restrictions: it accepts any callable and any type.
#pragma once

#include <prun/async_result.hpp>
#include <prun/chunksize.hpp>
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
  /// Called in each worker before its first task. If it throws, the pool is broken.
  std::function<void()> initializer = {};
  std::optional<std::int64_t> max_tasks_per_child = {};  ///< tasks after which a worker is replaced; processes only
  std::uint64_t seed = 0;                                ///< see TaskContext::seed
  Start start = Start::fork;                             ///< see prun/start.hpp; processes only
};

struct MapOptions {
  /// Tasks that a worker takes at a time: at least 1, or prun::auto_chunks; absent: a default.
  Chunksize chunksize = {};
};

struct ImapOptions {
  Chunksize chunksize = {};  ///< at least 1, or prun::auto_chunks; absent: 1
  /// Inputs that are read ahead of the results taken; absent: a default number.
  std::optional<std::int64_t> buffersize = {};
};

namespace detail {

PoolCore::Options core_options(std::optional<std::int64_t> workers, const PoolOptions& options, bool threads,
                               bool on_demand);
/// @throws std::invalid_argument that names `what` if the number is not positive
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
    const std::uint64_t chunksize = options.chunksize.automatic()
                                        ? AdaptiveChunks::largest
                                        : positive(options.chunksize.tasks().value_or(1), "chunksize");
    ReadAhead limit;
    limit.workers = core->workers();
    limit.tasks = options.buffersize ? positive(*options.buffersize, "buffersize")
                                     : std::max<std::uint64_t>(limit.tasks, chunksize * core->workers() * 4);
    auto job = std::make_shared<TheJob>(*core, Transport::template hold<F>(std::move(function)), chunksize, limit);
    if (options.chunksize.automatic()) job->adaptive = std::make_unique<AdaptiveChunks>(core->workers());
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

/// A pool of processes (Pool) or threads (ThreadPool). Thread-safe, except the destructor and the moves. The destructor
/// terminates the pool, as leaving Python's `with` does. To finish the work first, call close() and join().
template <class Transport>
class BasicPool {
 public:
  /// @param processes number of workers, at least 1; absent: the number of CPUs that this process may use
  /// @throws std::invalid_argument for 0 or less; std::system_error that names the limit if not all workers can be started
  explicit BasicPool(std::optional<std::int64_t> processes = std::nullopt, const PoolOptions& options = {})
      : core_(detail::core_options(processes, options, Transport::threads, false)) {}
  /// After a move, the source can only be assigned to or destroyed. Its streams and results belong to the new pool.
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

  /// Calls f(args...) in a worker and waits. Returns or throws what the call does.
  template <class F, class... Args>
  auto apply(F function, Args&&... args) {
    auto job = detail::submit_waited_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    job->wait(std::nullopt);
    return job->take_result();
  }
  template <class F, class... Args>
  auto apply_async(F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    return AsyncResult(std::move(job));
  }
  /// Also calls one of the callbacks at the end, with the result or the exception. A thread of the pool calls it.
  template <class R, class F, class... Args>
  auto apply_async(AsyncCallbacks<R> callbacks, F function, Args&&... args) {
    auto job = detail::submit_prepared_call<Transport>(core_.get(), detail::attaching(std::move(callbacks)),
                                                       std::move(function), std::forward<Args>(args)...);
    return AsyncResult(std::move(job));
  }

  /// Calls f(item) for each item and waits until all calls have ended. Returns the results in the order of the items. If
  /// calls failed, throws the exception of the first failed item (in order).
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
  /// Like map, but unpacks each item: f(parts of item...).
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
  /// Like map, but copies the items and returns immediately. A callback receives the whole list or the exception.
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

  /// Returns a lazy range of f(item), in order, as soon as results are available. Does not copy an lvalue range.
  template <class F, std::ranges::input_range Range>
  auto imap(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                      options, std::nullopt);
  }
  template <class F, class T>
  auto imap(F function, std::initializer_list<T> items, const ImapOptions& options = {}) {
    return imap(std::move(function), std::vector<T>(items), options);
  }
  /// Like imap, but yields results in the order in which calls end.
  template <class F, std::ranges::input_range Range>
  auto imap_unordered(F function, Range&& items, const ImapOptions& options = {}) {
    return detail::open_range_stream<Transport, false>(core_.get(), std::move(function), std::forward<Range>(items),
                                                       options, std::nullopt);
  }

  template <class F, class T>
  auto imap_unordered(F function, std::initializer_list<T> items, const ImapOptions& options = {}) {
    return imap_unordered(std::move(function), std::vector<T>(items), options);
  }

  /// Refuses new calls. Calls made before continue.
  void close() { core_->close(); }
  /// After close(): waits until all calls have ended and all workers have exited. Reads the remaining inputs of imap streams
  /// and keeps their results. @throws MisuseError before close()
  void join() { core_->join(); }
  /// Kills the workers. Calls that have not ended throw CancelledError.
  void terminate() { core_->terminate(); }

  /// Process ids of the current workers (numbers of the threads for a ThreadPool).
  [[nodiscard]] std::vector<std::int32_t> worker_pids() const { return core_->worker_pids(); }

 private:
  void end() noexcept {
    if (!core_.foreign()) core_->terminate();
  }
  template <bool Unpack, class F, class Range, class Callbacks>
  auto detached(F function, Range&& items, const MapOptions& options, Callbacks callbacks) {
    auto job =
        detail::submit_map<Transport, Unpack, false>(core_.get(), std::move(function), std::forward<Range>(items),
                                                     options.chunksize, detail::attaching(std::move(callbacks)));
    return AsyncResult(std::move(job));
  }

  detail::OwnCore core_;
};

using Pool = BasicPool<detail::ProcessTransport>;

}  // namespace prun
