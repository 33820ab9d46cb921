// prun::ProcessPoolExecutor: Python's concurrent.futures.ProcessPoolExecutor for C++. It starts workers on demand.
#pragma once

#include <prun/future.hpp>
#include <prun/pool.hpp>

#include <chrono>
#include <concepts>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace prun {

struct ExecutorOptions {
  /// Workers start when there is work for them. If the system allows fewer processes, the executor uses fewer. If it allows
  /// none, calls fail with a BrokenPoolError that names the limit.
  std::optional<std::int64_t> max_workers = {};  ///< at least 1; absent: the number of CPUs that this process may use
  std::function<void()> initializer = {};
  std::optional<std::int64_t> max_tasks_per_child = {};
  std::uint64_t seed = 0;
  Start start = Start::fork;  ///< see prun/start.hpp; processes only
};

struct ExecutorMapOptions {
  std::optional<std::chrono::nanoseconds> timeout =
      {};                    ///< for all results, from the call on; then cancels calls that have not begun
  Chunksize chunksize = {};  ///< at least 1, or prun::auto_chunks; absent: 1
  std::optional<std::int64_t> buffersize = {};  ///< inputs that are read ahead of the results taken; absent: a default
};

struct ShutdownOptions {
  bool wait = true;  ///< wait until all inputs of maps are read, all calls have ended and all workers have exited
  bool cancel_futures = false;  ///< cancel calls that no worker has begun
};

/// Thread-safe, except the destructor and the move operations. The destructor calls shutdown(), which waits for all calls.
template <class Transport>
class BasicExecutor {
 public:
  explicit BasicExecutor(const ExecutorOptions& options = {})
      : core_(detail::core_options(options.max_workers,
                                   {options.initializer, options.max_tasks_per_child, options.seed, options.start},
                                   Transport::threads, true)) {}
  /// After a move, the source can only be assigned to or destroyed. Its streams and futures belong to the new executor.
  BasicExecutor(BasicExecutor&&) noexcept = default;
  BasicExecutor& operator=(BasicExecutor&& other) noexcept {
    if (this != &other) {
      end();
      core_ = std::move(other.core_);
    }
    return *this;
  }
  ~BasicExecutor() { end(); }

  [[nodiscard]] std::uint32_t max_workers() const { return core_->workers(); }

  /// Calls f(args...) in a worker. @throws MisuseError after shutdown(), BrokenPoolError
  template <class F, class... Args>
  auto submit(F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    return Future(std::move(job));
  }

  /// Returns a lazy range of f(item), in order.
  template <class F, std::ranges::input_range Range>
  auto map(F function, Range&& items, const ExecutorMapOptions& options = {}) {
    return detail::open_range_stream<Transport, true>(core_.get(), std::move(function), std::forward<Range>(items),
                                                      {options.chunksize, options.buffersize},
                                                      detail::deadline_after(options.timeout));
  }
  /// map(f, {1, 2, 3})
  template <class F, class T>
  auto map(F function, std::initializer_list<T> items, const ExecutorMapOptions& options = {}) {
    return map(std::move(function), std::vector<T>(items), options);
  }
  /// f(a, b, ...) for several inputs in parallel, up to the end of the shortest. For more than three inputs, write the
  /// options as `prun::ExecutorMapOptions{.chunksize = 10}`.
  template <class F, std::ranges::input_range A, std::ranges::input_range B>
  auto map(F function, A&& a, B&& b, const ExecutorMapOptions& options = {}) {
    return zipped(std::move(function), options, std::forward<A>(a), std::forward<B>(b));
  }
  template <class F, std::ranges::input_range A, std::ranges::input_range B, std::ranges::input_range C>
  auto map(F function, A&& a, B&& b, C&& c, const ExecutorMapOptions& options = {}) {
    return zipped(std::move(function), options, std::forward<A>(a), std::forward<B>(b), std::forward<C>(c));
  }
  template <class F, std::ranges::input_range A, std::ranges::input_range B, std::ranges::input_range C,
            std::ranges::input_range D, class... Rest>
  requires(... && (std::ranges::input_range<Rest> ||
                   std::same_as<std::remove_cvref_t<Rest>, ExecutorMapOptions>)) auto map(F function, A&& a, B&& b,
                                                                                          C&& c, D&& d,
                                                                                          Rest&&... rest) {
    const auto all = std::forward_as_tuple(std::forward<A>(a), std::forward<B>(b), std::forward<C>(c),
                                           std::forward<D>(d), std::forward<Rest>(rest)...);
    using All = std::remove_const_t<decltype(all)>;
    constexpr std::size_t last = std::tuple_size_v<All> - 1;
    const auto first = [&]<std::size_t... I>(std::index_sequence<I...>, const ExecutorMapOptions& options) {
      return zipped(std::move(function), options, std::forward<std::tuple_element_t<I, All>>(std::get<I>(all))...);
    };
    if constexpr (std::same_as<std::remove_cvref_t<std::tuple_element_t<last, All>>, ExecutorMapOptions>) {
      return first(std::make_index_sequence<last>{}, std::get<last>(all));
    } else {
      return first(std::make_index_sequence<last + 1>{}, ExecutorMapOptions{});
    }
  }

  /// Refuses new calls. May be called again.
  void shutdown(const ShutdownOptions& options = {}) {
    core_->close();
    if (options.cancel_futures) core_->cancel_pending();
    if (options.wait) core_->join();
  }
  /// Sends SIGTERM (or SIGKILL) to every worker. Running calls are lost, waiting calls are cancelled, new calls are refused.
  void terminate_workers() requires(!Transport::threads) { core_->end_workers(SIGTERM); }
  void kill_workers() requires(!Transport::threads) { core_->end_workers(SIGKILL); }

  [[nodiscard]] std::vector<std::int32_t> worker_pids() const { return core_->worker_pids(); }

 private:
  void end() noexcept {
    if (!core_.foreign()) shutdown();
  }
  template <class F, class... Ranges>
  auto zipped(F function, const ExecutorMapOptions& options, Ranges&&... ranges) {
    return detail::open_stream<Transport, true, true>(
        core_.get(), std::move(function), detail::ZipPuller<Ranges...>(std::forward<Ranges>(ranges)...),
        {options.chunksize, options.buffersize}, detail::deadline_after(options.timeout), [](auto&) {});
  }

  detail::OwnCore core_;
};

using ProcessPoolExecutor = BasicExecutor<detail::ProcessTransport>;

}  // namespace prun
