// A map whose results are all returned at once: map, starmap and their async forms.
#pragma once

#include <prun/chunksize.hpp>
#include <prun/detail/call_job.hpp>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <deque>
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

/// CPython's default (see lib/task/chunk.hpp). @throws std::invalid_argument if `chunksize` is given and not positive
[[nodiscard]] std::uint64_t map_chunksize(const Chunksize& chunksize, std::uint64_t length, std::uint32_t workers);

/// The inputs of a map that waits for its end, at their original place.
template <class T>
struct BorrowedItems {
  std::span<const T> view;
  [[nodiscard]] std::uint64_t size() const noexcept { return view.size(); }
  [[nodiscard]] const T& take(std::uint64_t i) const noexcept { return view[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const T& peek(std::uint64_t i) const noexcept { return take(i); }
  void clear() noexcept { view = {}; }
};

/// The inputs of a map, copied. (A std::vector<bool> has no bool to refer to.)
template <class T>
struct OwnedItems {
  using Container = std::conditional_t<std::is_same_v<T, bool>, std::deque<bool>, std::vector<T>>;
  Container items;
  [[nodiscard]] std::uint64_t size() const noexcept { return items.size(); }
  [[nodiscard]] T&& take(std::uint64_t i) noexcept { return std::move(items[static_cast<std::size_t>(i)]); }
  [[nodiscard]] const T& peek(std::uint64_t i) const noexcept { return items[static_cast<std::size_t>(i)]; }
  void clear() noexcept { Container().swap(items); }
};

/// Consecutive integers.
template <class T>
struct IntegerItems {
  T first{};
  std::uint64_t count = 0;
  [[nodiscard]] std::uint64_t size() const noexcept { return count; }
  void clear() noexcept {}
};

/// The elements stay in place during the call, and the call must not move from them.
template <class Range>
concept Borrowable = std::ranges::contiguous_range<Range> && std::ranges::sized_range<Range> &&
    std::is_same_v<ItemOf<Range>, std::ranges::range_value_t<Range>> &&
    (std::is_lvalue_reference_v<Range> || std::ranges::view<Range>);

template <bool Borrow, class Range>
auto items_of(Range&& range) {
  using T = ItemOf<Range>;
  if constexpr (IntegerRange<Range> && std::ranges::sized_range<Range>) {
    const auto count = static_cast<std::uint64_t>(std::ranges::size(range));
    return IntegerItems<T>{count != 0 ? *std::ranges::begin(range) : T{}, count};
  } else if constexpr (Borrow && Borrowable<Range>) {
    return BorrowedItems<T>{std::span<const T>(std::ranges::data(range), std::ranges::size(range))};
  } else if constexpr (std::is_same_v<Range, typename OwnedItems<T>::Container>) {
    return OwnedItems<T>{std::forward<Range>(range)};
  } else {
    OwnedItems<T> owned;
    for (auto&& item : range) {
      if constexpr (std::is_lvalue_reference_v<Range> || std::ranges::view<Range>) {
        owned.items.emplace_back(std::forward<decltype(item)>(item));
      } else {
        owned.items.emplace_back(std::move(item));
      }
    }
    return owned;
  }
}

/// The items in the form in which a job keeps them.
/// @throws std::invalid_argument if the transport refuses one
template <class Transport, class T, class Items>
auto keep_items(Items items) {
  if constexpr (Transport::template written_at_call<T>) {
    OwnedItems<WrittenItem> written;
    written.items.reserve(static_cast<std::size_t>(items.size()));
    for (std::uint64_t i = 0; i < items.size(); ++i) written.items.push_back(Transport::write_item(items.peek(i)));
    return written;
  } else {
    if constexpr (!Transport::threads && may_hold_addresses<T>()) {
      for (std::uint64_t i = 0; i < items.size(); ++i) Transport::check_item(items.peek(i));
    }
    return items;
  }
}

template <class R>
struct ListOf {
  using type = std::vector<R>;
};
template <>
struct ListOf<void> {
  using type = void;
};
/// The return type of a map of such items.
template <class F, class T, bool Unpack>
using WholeOf = typename ListOf<ResultOf<F, T, Unpack>>::type;

template <class Transport, class F, class T, bool Unpack, class ItemsOfT>
class MapJob final : public CallResultJob<WholeOf<F, T, Unpack>> {
 public:
  using R = ResultOf<F, T, Unpack>;
  using Stored = typename Transport::template Stored<R>;
  using Whole = WholeOf<F, T, Unpack>;
  static constexpr bool borrows = Transport::threads && std::is_same_v<ItemsOfT, BorrowedItems<T>> &&
                                  std::is_same_v<ResultOf<F, const T&, Unpack>, R>;
  using ItemTransport = std::conditional_t<borrows, BorrowingTransport, Transport>;

  MapJob(std::weak_ptr<PoolCore> core, typename Transport::template Callable<F> function, ItemsOfT items,
         std::uint64_t chunksize)
      : CallResultJob<Whole>(std::move(core)),
        function_(std::move(function)),
        items_(std::move(items)),
        chunksize_(chunksize),
        left_(items_.size()),
        stored_(static_cast<std::size_t>(items_.size())) {}

  /// A map without items has ended immediately.
  void end_if_empty() {
    if (left_ == 0) this->end(CallState::done);
  }

  bool next_chunk(ChunkSpec& chunk) override {
    if (next_ >= items_.size()) return false;
    chunk.first_index = next_;
    Transport::template put_callable<F>(chunk.payload, function_);
    const std::uint64_t left = items_.size() - next_;
    const std::uint64_t count = std::min(this->adaptive ? this->adaptive->next(left) : chunksize_, left);
    if constexpr (std::is_same_v<ItemsOfT, IntegerItems<T>>) {
      chunk.entry = &run_range<Transport, F, T>;
      chunk.is_range = true;
      chunk.start = static_cast<std::int64_t>(static_cast<std::uint64_t>(items_.first) + next_);
      chunk.step = 1;
      chunk.count = static_cast<std::uint32_t>(count);
      next_ += count;
      return true;
    } else {
      chunk.entry = &run_items<ItemTransport, F, T, Unpack>;
      return put_items(chunk, count);
    }
  }

  void on_value(std::uint64_t index, std::string_view value, const AttemptInfo&) override {
    stored_[static_cast<std::size_t>(index)] = Transport::template store<R>(value);
    one_less();
  }
  std::byte* place_piece(std::uint64_t index, const Job::Piece& piece) override {
    return Transport::template place_piece<R>(stored_[static_cast<std::size_t>(index)], piece);
  }
  void on_placed(std::uint64_t, const AttemptInfo&) override { one_less(); }
  void on_failure(std::uint64_t index, Failure&& failure, const AttemptInfo&) override {
    if (!failure_ || index < failed_index_) {
      failure_ = std::make_unique<Failure>(std::move(failure));
      failed_index_ = index;
    }
    one_less();
  }
  void on_failures(std::uint64_t first, std::uint64_t count, const Failure& failure, const AttemptInfo& info) override {
    if (count == 0) return;
    left_ -= count - 1;
    on_failure(first, Failure(failure), info);
  }
  void on_discard(std::string_view payload, std::uint32_t first, std::uint32_t last) override {
    if constexpr (Transport::threads && !std::is_same_v<ItemsOfT, IntegerItems<T>>) {
      discard_items<ItemTransport, F, T>(payload, first, last);
    }
  }

  /// Throws the failure with the lowest index, if there is one. Called after all calls have ended.
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
  std::exception_ptr error() override {
    if (failure_) return exception_of(*failure_);
    for (Stored& stored : stored_) {
      if (auto error = Transport::template error<R>(stored)) return error;
    }
    return nullptr;
  }
  Whole take_result() override {
    if (failure_) throw_failure(*failure_);
    if constexpr (std::is_void_v<R>) {
      return result();
    } else if constexpr (Transport::template stored_as_is<R>) {
      return std::move(stored_);
    } else {
      std::vector<R> results;
      results.reserve(stored_.size());
      for (Stored& stored : stored_) results.push_back(Transport::template take<R>(stored));
      return results;
    }
  }

 private:
  // If an item cannot be written, only that item fails: the chunk ends before it, and the next chunk starts after it.
  bool put_items(ChunkSpec& chunk, std::uint64_t count) {
    const std::uint64_t last = next_ + count;
    while (next_ < last && chunk.payload.size() < largest_payload) {
      const std::size_t whole = chunk.payload.size();
      try {
        ItemTransport::template put_item<T>(chunk.payload, items_.take(next_));
      } catch (...) {
        chunk.payload.resize(whole);
        if (chunk.count != 0) return true;
        chunk.first_index = next_ + 1;
        on_failure(next_++, unwritable_argument(), {});
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
    if (--left_ != 0) return;
    items_.clear();
    this->end(failure_ && failure_->kind == FailureKind::cancelled ? CallState::cancelled : CallState::done);
    if (!failure_) return;
    if (const auto pool = this->core()) pool->settled();
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

/// With `Borrow`, the caller ensures that the range outlives the map. `prepare` is called with the job before a worker can take it.
template <class Transport, bool Unpack, bool Borrow, class F, class Range, class Prepare = Unprepared>
auto submit_map(const std::shared_ptr<PoolCore>& core, F function, Range&& range, const Chunksize& chunksize,
                Prepare&& prepare = {}) {
  using T = ItemOf<Range>;
  std::shared_ptr<CallResultJob<WholeOf<F, T, Unpack>>> result;
  if constexpr (require_sendable_call<Transport, F, T, Unpack>()) {
    {
      auto lock = core->lock();
      core->require_open(lock);
    }
    auto callable = Transport::template hold<F>(std::move(function));
    auto items = keep_items<Transport, T>(items_of<Borrow>(std::forward<Range>(range)));
    using Items = decltype(items);
    const std::uint64_t size = map_chunksize(chunksize, items.size(), core->workers());
    auto job =
        std::make_shared<MapJob<Transport, F, T, Unpack, Items>>(core, std::move(callable), std::move(items), size);
    if (chunksize.automatic()) job->adaptive = std::make_unique<AdaptiveChunks>(core->workers());
    std::forward<Prepare>(prepare)(*job);
    auto lock = core->lock();
    core->require_open(lock);  // it may have been closed meanwhile
    job->end_if_empty();
    if (job->state() == CallState::pending) core->submit(lock, job);
    result = std::move(job);
  }
  return result;
}

}  // namespace prun::detail
