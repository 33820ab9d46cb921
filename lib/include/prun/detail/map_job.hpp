// A map whose results are wanted all at once: map, starmap and their async forms.
#pragma once

#include <prun/detail/call_job.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace prun::detail {

/// CPython's default (see lib/task/chunk.hpp). @throws std::invalid_argument where `chunksize` is given and not positive
[[nodiscard]] std::uint64_t map_chunksize(const std::optional<std::int64_t>& chunksize, std::uint64_t length,
                                          std::uint32_t workers);

/// The inputs of a map, held or borrowed. A borrowed span must outlive the map: the synchronous forms see to that.
template <class T>
class Items {
 public:
  explicit Items(std::vector<T> owned) : owned_(std::move(owned)), view_(owned_) {}
  explicit Items(std::span<const T> borrowed) : view_(borrowed) {}
  Items(Items&&) noexcept = default;

  [[nodiscard]] std::uint64_t size() const noexcept { return view_.size(); }
  [[nodiscard]] const T& operator[](std::uint64_t i) const noexcept { return view_[static_cast<std::size_t>(i)]; }

 private:
  std::vector<T> owned_;
  std::span<const T> view_;
};

/// Consecutive integers.
template <class T>
struct IntegerItems {
  T first{};
  std::uint64_t count = 0;
  [[nodiscard]] std::uint64_t size() const noexcept { return count; }
};

template <class Range>
auto items_of(Range&& range, bool borrow) {
  using T = std::ranges::range_value_t<Range>;
  if constexpr (IntegerRange<Range> && std::ranges::sized_range<Range>) {
    const auto count = static_cast<std::uint64_t>(std::ranges::size(range));
    return IntegerItems<T>{count != 0 ? *std::ranges::begin(range) : T{}, count};
  } else {
    if constexpr (std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
                  !std::is_same_v<T, const char*>) {
      if (borrow) return Items<T>(std::span<const T>(std::ranges::data(range), std::ranges::size(range)));
    }
    std::vector<T> owned;
    if constexpr (std::ranges::sized_range<Range>) owned.reserve(std::ranges::size(range));
    for (auto&& item : range) owned.push_back(std::forward<decltype(item)>(item));
    return Items<T>(std::move(owned));
  }
}

template <class Transport, class F, class T, bool Unpack, class ItemsOfT>
class MapJob final : public CallResultJob<
                         std::conditional_t<std::is_void_v<ResultOf<F, T, Unpack>>, void,
                                            std::vector<std::conditional_t<std::is_void_v<ResultOf<F, T, Unpack>>, Nothing,
                                                                           ResultOf<F, T, Unpack>>>>> {
 public:
  using R = ResultOf<F, T, Unpack>;
  using Stored = typename Transport::template Stored<R>;
  using Whole = std::conditional_t<std::is_void_v<R>, void, std::vector<std::conditional_t<std::is_void_v<R>, Nothing, R>>>;

  MapJob(std::weak_ptr<PoolCore> core, typename Transport::template Callable<F> function, ItemsOfT items,
         std::uint64_t chunksize)
      : CallResultJob<Whole>(std::move(core)), function_(std::move(function)), items_(std::move(items)),
        chunksize_(chunksize), left_(items_.size()), stored_(static_cast<std::size_t>(items_.size())) {}

  /// A map of nothing has ended at once.
  void end_if_empty() {
    if (left_ == 0) this->end(CallState::done);
  }

  bool next_chunk(ChunkSpec& chunk) override {
    if (next_ >= items_.size()) return false;
    chunk.first_index = next_;
    Transport::template put_callable<F>(chunk.payload, function_);
    const std::uint64_t count = std::min(chunksize_, items_.size() - next_);
    if constexpr (std::is_same_v<ItemsOfT, IntegerItems<T>>) {
      chunk.entry = &run_range<Transport, F, T>;
      chunk.is_range = true;
      chunk.start = static_cast<std::int64_t>(static_cast<std::uint64_t>(items_.first) + next_);
      chunk.step = 1;
      chunk.count = static_cast<std::uint32_t>(count);
      next_ += count;
      return true;
    } else {
      chunk.entry = &run_items<Transport, F, T, Unpack>;
      return put_items(chunk, count);
    }
  }

  void on_value(std::uint64_t index, std::string_view value, const AttemptInfo&) override {
    stored_[static_cast<std::size_t>(index)] = Transport::template store<R>(value);
    one_less();
  }
  void on_failure(std::uint64_t index, Failure&& failure, const AttemptInfo&) override {
    if (!failure_ || index < failed_index_) {
      failure_ = std::make_unique<Failure>(std::move(failure));
      failed_index_ = index;
    }
    one_less();
  }
  void on_discard(std::string_view payload) override {
    if constexpr (!std::is_same_v<ItemsOfT, IntegerItems<T>>) {
      Transport::template take_callable<F>(payload);
      while (!payload.empty() && Transport::threads) {
        Transport::template discard_item<T>(payload);
        payload.remove_prefix(std::min(payload.size(), sizeof(std::uintptr_t)));
      }
    }
  }

  /// The failure of lowest index, where there is one: after all have ended.
  Whole result() override {
    if (failure_) throw_failure(*failure_);
    if constexpr (std::is_void_v<R>) {
      for (Stored& stored : stored_) Transport::template open<R>(stored);
    } else if constexpr (Transport::template stored_as_is<R>) {
      return stored_;
    } else {
      std::vector<R> results;
      results.reserve(stored_.size());
      for (Stored& stored : stored_) results.push_back(Transport::template open<R>(stored));
      return results;
    }
  }
  /// The same for the only one who asks.
  Whole take_result() {
    if constexpr (Transport::template stored_as_is<R>) {
      if (failure_) throw_failure(*failure_);
      return std::move(stored_);
    } else {
      return result();
    }
  }

 private:
  // An item that cannot be written fails by itself: the chunk ends before it, and the next goes on behind it.
  bool put_items(ChunkSpec& chunk, std::uint64_t count) {
    const std::uint64_t last = next_ + count;
    while (next_ < last && chunk.payload.size() < largest_payload) {
      const std::size_t whole = chunk.payload.size();
      try {
        Transport::template put_item<T>(chunk.payload, items_[next_]);
      } catch (const std::exception& e) {
        chunk.payload.resize(whole);
        if (chunk.count != 0) return true;
        Failure failure;
        failure.kind = FailureKind::bad_arguments;
        failure.type = "prun::ArgumentError";
        failure.message = std::string("the argument cannot be written: ") + e.what();
        on_failure(next_, std::move(failure), {});
        chunk.first_index = ++next_;
        continue;
      }
      ++next_;
      ++chunk.count;
    }
    return chunk.count != 0 || (next_ < items_.size() && next_chunk_again(chunk));
  }
  bool next_chunk_again(ChunkSpec& chunk) {
    chunk.payload.clear();
    return next_chunk(chunk);
  }

  void one_less() {
    if (--left_ == 0) this->end(failure_ && failure_->kind == FailureKind::cancelled ? CallState::cancelled : CallState::done);
  }

  static constexpr std::size_t largest_payload = std::size_t{1} << 30;

  typename Transport::template Callable<F> function_;
  ItemsOfT items_;
  std::uint64_t chunksize_;
  std::uint64_t next_ = 0;
  std::uint64_t left_;
  std::vector<Stored> stored_;
  std::unique_ptr<Failure> failure_;
  std::uint64_t failed_index_ = 0;
};

template <class Transport, bool Unpack, class F, class Range>
auto submit_map(const std::shared_ptr<PoolCore>& core, F function, Range&& range,
                const std::optional<std::int64_t>& chunksize, bool borrow) {
  using T = std::ranges::range_value_t<Range>;
  using Content = decltype(items_of(std::forward<Range>(range), borrow));
  using TheJob = MapJob<Transport, F, T, Unpack, Content>;
  Transport::template check_callable<F>();
  Transport::template check_argument<T>();
  Transport::template check_result<typename TheJob::R>();
  {
    auto lock = core->lock();
    core->require_open(lock);
  }
  Content items = items_of(std::forward<Range>(range), borrow);
  const std::uint64_t size = map_chunksize(chunksize, items.size(), core->workers());
  typename Transport::template Callable<F> callable = [&] {
    if constexpr (Transport::threads) {
      return std::make_shared<const F>(std::move(function));
    } else {
      return std::move(function);
    }
  }();
  auto job = std::make_shared<TheJob>(core, std::move(callable), std::move(items), size);
  auto lock = core->lock();
  job->end_if_empty();
  if (!job->ended()) core->submit(lock, job);
  return job;
}

}  // namespace prun::detail
