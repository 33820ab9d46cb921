// A map whose results are taken one by one: imap, imap_unordered, Executor.map. All functions need the lock of the pool.
#pragma once

#include <prun/detail/call_job.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace prun::detail {

/// A result on its way to the consumer.
template <class Stored>
struct Slot {
  Stored value{};
  std::unique_ptr<Failure> failure;
  std::size_t bytes = not_arrived;

  static constexpr std::size_t not_arrived = SIZE_MAX;
  [[nodiscard]] bool ready() const { return bytes != not_arrived; }
};

/// How far a stream may read ahead: limits for tasks, and for bytes of arguments and results.
struct ReadAhead {
  std::uint64_t tasks = 4096;
  double bytes = 8 << 20;
  std::uint32_t workers = 1;
};

/// The consumer's thread pushes the inputs, or they are integers, which need no pushing.
template <class Transport, class F, class T, bool Unpack, bool Ordered>
class ImapJob final : public Job {
 public:
  using R = ResultOf<F, T, Unpack>;
  using Stored = typename Transport::template Stored<R>;
  using Item = typename Transport::template Item<T>;
  using ThisSlot = Slot<Stored>;

  /// `core` is the pool that the job is submitted to. It must outlive the job's time there.
  ImapJob(PoolCore& core, typename Transport::template Callable<F> function, std::uint64_t chunksize, ReadAhead limit)
      : core_(&core), function_(std::move(function)), chunksize_(chunksize), limit_(limit) {}

  static R take(ThisSlot& slot) { return Transport::template take<R>(slot.value); }

  // Called by the consumer, with the lock held.

  /// Sets the inputs to `count` integers from `first` on.
  void set_integers(T first, std::uint64_t count) requires std::integral<T> {
    first_integer_ = static_cast<std::uint64_t>(first);
    total_ = count;
    integers_ = true;
    input_ended_ = true;
  }
  void push(std::deque<Item>& inputs) {
    total_ += inputs.size();
    for (Item& input : inputs) inputs_.push_back(std::move(input));
    inputs.clear();
  }
  void end_input() { input_ended_ = true; }
  /// From now on, runs all inputs and keeps all results until they are taken.
  void run_unbounded() { unbounded_ = true; }
  /// Drops integers that no worker has taken. Returns false if there are none.
  bool cut_integers() {
    if (!integers_ || handed_ == total_) return false;
    total_ = handed_;
    return true;
  }
  /// How many more inputs may be pushed.
  [[nodiscard]] std::uint64_t room() const {
    if (unbounded_) return UINT64_MAX;
    const std::uint64_t outstanding = total_ - taken_;
    if (outstanding >= limit_.tasks) return 0;
    const double mean = mean_argument_bytes_ + mean_result_bytes_;
    const double left = limit_.bytes - static_cast<double>(held_bytes_) - mean * static_cast<double>(outstanding);
    std::uint64_t by_bytes = left <= 0 ? 0 : limit_.tasks;
    if (left > 0 && mean > 1)
      by_bytes = static_cast<std::uint64_t>(std::min(left / mean, static_cast<double>(limit_.tasks)));
    if (outstanding < limit_.workers) by_bytes = std::max(by_bytes, limit_.workers - outstanding);
    return std::min(limit_.tasks - outstanding, by_bytes);
  }
  /// Returns true if there is a chunk to hand out, and room for it.
  [[nodiscard]] bool has_chunk() const {
    if (!may_hand_out()) return false;
    if (integers_) return handed_ < total_ && handed_ - taken_ < window();
    return !inputs_.empty() && (adaptive || inputs_.size() >= chunksize_ || input_ended_ || in_flight_ == 0);
  }
  [[nodiscard]] bool has_ready() const { return !slots_.empty() && slots_.front().ready(); }
  /// All inputs have been pushed and all results have been taken.
  [[nodiscard]] bool exhausted() const { return input_ended_ && taken_ == total_; }
  /// Moves all available results to `out`.
  void take_ready(std::deque<ThisSlot>& out) {
    while (has_ready()) {
      held_bytes_ -= slots_.front().bytes;
      out.push_back(std::move(slots_.front()));
      slots_.pop_front();
      ++first_slot_;
    }
  }
  /// The consumer has received `count` results.
  void taken(std::uint64_t count) { taken_ += count; }

  // Called by the dispatcher.

  bool next_chunk(ChunkSpec& chunk) override {
    if (!has_chunk()) {
      waits_for_sizes_ = has_enough_of_unknown_size();
      return false;
    }
    chunk.first_index = handed_;
    Transport::template put_callable<F>(chunk.payload, function_);
    if constexpr (std::integral<T> && !Unpack) {
      if (integers_) {
        const std::uint64_t count = std::min({chunksize(), total_ - handed_, window() - (handed_ - taken_)});
        chunk.entry = &run_range<Transport, F, T>;
        chunk.is_range = true;
        chunk.start = static_cast<std::int64_t>(first_integer_ + handed_);
        chunk.step = 1;
        chunk.count = static_cast<std::uint32_t>(count);
        handed_ += count;
        in_flight_ += count;
        return true;
      }
    }
    chunk.entry = &run_items<Transport, F, T, Unpack>;
    chunk.count = 0;
    return put_items(chunk);
  }

  void on_value(std::uint64_t index, std::string_view value, const AttemptInfo&) override {
    ThisSlot& slot = arrived(index, value.size());
    slot.value = Transport::template store<R>(value);
  }
  std::byte* place_piece(std::uint64_t index, const Job::Piece& piece) override {
    Coming& coming = coming_[index];
    coming.size = static_cast<std::size_t>(piece.whole);
    std::byte* const place = Transport::template place_piece<R>(coming.value, piece);
    if (place == nullptr) coming_.erase(index);
    return place;
  }
  void on_placed(std::uint64_t index, const AttemptInfo&) override {
    Coming coming = std::move(coming_[index]);
    coming_.erase(index);
    arrived(index, coming.size).value = std::move(coming.value);
  }
  void on_failure(std::uint64_t index, Failure&& failure, const AttemptInfo&) override {
    coming_.erase(index);
    const std::size_t size = failure.message.size();
    arrived(index, size).failure = std::make_unique<Failure>(std::move(failure));
  }
  void on_discard(std::string_view payload, std::uint32_t first, std::uint32_t last) override {
    if constexpr (Transport::threads) {
      if (!integers_) discard_items<Transport, F, T>(payload, first, last);
    }
  }

 private:
  /// A large result of which only a part has arrived.
  struct Coming {
    Stored value{};
    std::size_t size = 0;
  };

  // Inputs that are handed out will run, however large their results are. The size of results is unknown until some have arrived.
  [[nodiscard]] bool may_hand_out() const {
    if (unbounded_ || handed_ - taken_ < limit_.workers) return true;
    if (has_enough_of_unknown_size()) return false;
    return static_cast<double>(held_bytes_) + mean_result_bytes_ * static_cast<double>(in_flight_) < limit_.bytes;
  }
  [[nodiscard]] bool has_enough_of_unknown_size() const {
    constexpr std::uint64_t first_chunks = 4;  // for each worker
    return in_flight_ >= first_chunks * limit_.workers * std::min(chunksize_, limit_.tasks) + arrived_;
  }
  [[nodiscard]] std::uint64_t window() const { return unbounded_ ? UINT64_MAX : limit_.tasks; }

  /// If the input has not ended, as many more inputs are expected as have been pushed.
  [[nodiscard]] std::uint64_t chunksize() const {
    return adaptive ? adaptive->next(total_ - handed_ + (input_ended_ ? 0 : total_)) : chunksize_;
  }

  bool put_items(ChunkSpec& chunk) {
    const std::uint64_t size = chunksize();
    while (!inputs_.empty() && chunk.count < size && chunk.payload.size() < largest_payload) {
      const std::size_t whole = chunk.payload.size();
      try {
        Transport::template put_item<T>(chunk.payload, std::move(inputs_.front()));
      } catch (...) {
        chunk.payload.resize(whole);
        if (chunk.count != 0) break;
        inputs_.pop_front();
        ++in_flight_;
        on_failure(handed_++, unwritable_argument(), {});
        core_->settled();
        chunk.first_index = handed_;
        continue;
      }
      inputs_.pop_front();
      mean_argument_bytes_ += (static_cast<double>(chunk.payload.size() - whole) - mean_argument_bytes_) / 16;
      ++chunk.count;
      ++handed_;
      ++in_flight_;
    }
    return chunk.count != 0;
  }

  ThisSlot& arrived(std::uint64_t index, std::size_t bytes) {
    --in_flight_;
    ++arrived_;
    if (waits_for_sizes_ && !has_enough_of_unknown_size()) [[unlikely]] {
      waits_for_sizes_ = false;
      core_->queue_again(*this);
    }
    mean_result_bytes_ +=
        (static_cast<double>(bytes) - mean_result_bytes_) / (arrived_ < 16 ? static_cast<double>(arrived_) : 16);
    held_bytes_ += bytes;
    std::size_t at = slots_.size();
    if constexpr (Ordered) at = static_cast<std::size_t>(index - first_slot_);
    if (at >= slots_.size()) slots_.resize(at + 1);
    ThisSlot& slot = slots_[at];
    slot.bytes = bytes;
    return slot;
  }

  static constexpr std::size_t largest_payload = std::size_t{1} << 30;

  PoolCore* core_;
  typename Transport::template Callable<F> function_;
  std::uint64_t chunksize_;
  ReadAhead limit_;
  std::deque<Item> inputs_;
  bool integers_ = false;
  std::uint64_t first_integer_ = 0;
  bool input_ended_ = false;
  bool unbounded_ = false;
  std::uint64_t total_ = 0;   ///< inputs pushed
  std::uint64_t handed_ = 0;  ///< inputs handed out in chunks
  std::uint64_t taken_ = 0;   ///< results given to the consumer
  std::uint64_t in_flight_ = 0;
  std::uint64_t arrived_ = 0;     ///< results of workers
  bool waits_for_sizes_ = false;  ///< no chunk is handed out until more is known about the size of results
  std::deque<ThisSlot> slots_;
  std::map<std::uint64_t, Coming> coming_;  ///< by index
  std::uint64_t first_slot_ = 0;            ///< ordered: the index of the first slot
  std::size_t held_bytes_ = 0;
  double mean_argument_bytes_ = 0;
  double mean_result_bytes_ = 0;
};

}  // namespace prun::detail
