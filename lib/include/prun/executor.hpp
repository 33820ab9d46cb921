// prun::ProcessPoolExecutor: Python's concurrent.futures.ProcessPoolExecutor for C++. Workers are started as they are needed.
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
  /// Started as there is work for them. Where the system gives no more processes there are fewer; where it gives none, calls fail
  /// with a BrokenPoolError that names the limit.
  std::optional<std::int64_t> max_workers = {};  ///< at least 1; absent: as many as the CPUs that this process may use
  std::function<void()> initializer = {};
  std::optional<std::int64_t> max_tasks_per_child = {};
  std::uint64_t seed = 0;
  Start start = Start::fork;  ///< see prun/start.hpp; processes only
};

struct ExecutorMapOptions {
  std::optional<std::chrono::nanoseconds> timeout =
      {};  ///< for all results, from the call on; what has not begun is then withdrawn
  std::optional<std::int64_t> chunksize = {};   ///< by default 1
  std::optional<std::int64_t> buffersize = {};  ///< inputs read before the first result is taken; absent: a window
};

struct ShutdownOptions {
  bool wait = true;  ///< return when all inputs of maps are read, everything has ended and the workers are gone
  bool cancel_futures = false;  ///< withdraw what no worker has begun
};

/// Thread-safe, but for its end. Going out of scope is shutdown(): it waits for what was submitted.
template <class Transport>
class BasicExecutor {
 public:
  explicit BasicExecutor(const ExecutorOptions& options = {})
      : core_(detail::core_options(options.max_workers,
                                   {options.initializer, options.max_tasks_per_child, options.seed, options.start},
                                   Transport::threads, true)) {}
  /// An executor that was moved from can only be assigned to, or destroyed. Streams and futures follow the executor.
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

  /// f(args...) in a worker. @throws MisuseError after shutdown(), BrokenPoolError
  template <class F, class... Args>
  auto submit(F function, Args&&... args) {
    auto job = detail::submit_call<Transport>(core_.get(), std::move(function), std::forward<Args>(args)...);
    return Future(std::move(job));
  }

  /// A lazy range of f(item), in order.
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
  /// f(a, b, ...) over several inputs at once, as long as the shortest. Of any number of inputs; behind more than three, options
  /// are written as `prun::ExecutorMapOptions{.chunksize = 10}`.
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

  /// No new calls. May be called again.
  void shutdown(const ShutdownOptions& options = {}) {
    core_->close();
    if (options.cancel_futures) core_->cancel_pending();
    if (options.wait) core_->join();
  }
  /// SIGTERM, or SIGKILL, to every worker: what they run is lost, what waits is cancelled. No new calls.
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
