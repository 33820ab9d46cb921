// The items of a chunk that its worker may run: [next, end). The master can take back those that have not begun, by lowering `end`.
//
// Both numbers are in one word, WorkerBlock::share, with the last bits of the chunk's ticket:
//   ticket:16 | next:24 | end:24
//   worker  opens it with its chunk (before `held`, release), then takes each item: next + 1, if next < end
//   master  takes half of them back, while the worker holds the ticket: end is lowered
// Both change the word by a compare-and-swap, so each item has exactly one owner: the side that comes second sees what the first side
// has done. Two separate words, of which each side writes one and then reads the other, would cost the same locked instruction. They
// could leave an item that each side has seen the other side take.
// The last bits of the ticket are enough: the master publishes no chunk between its two reads of the word, and there are fewer slots
// than numbers. So no other chunk can have the same bits.
#pragma once

#include "ring/fault_point.hpp"
#include "ring/layout.hpp"

#include <atomic>
#include <cstdint>
#include <optional>

namespace prun::ring {

/// A view of the word in a block.
class Share {
 public:
  static constexpr std::uint32_t most_items = (1U << 24) - 1;
  static constexpr std::uint32_t most_slots = 1U << 16;

  explicit Share(WorkerBlock& block) noexcept : word_(&block.share) {}

  /// Worker: owns items [next, end) of the chunk with that ticket, until the master lowers `end`.
  void open(std::uint64_t ticket, std::uint32_t next, std::uint32_t end) noexcept {
    word_->store(packed(ticket, next, end), std::memory_order_release);
  }

  /// Worker: takes item `item`, the next one. Returns false if the master has taken it back, with all items after it.
  [[nodiscard]] bool take(std::uint32_t item) noexcept {
    std::uint64_t seen = word_->load(std::memory_order_relaxed);
    while (next_of(seen) == item && item < end_of(seen)) {
      if (word_->compare_exchange_weak(seen, seen + one_item, std::memory_order_acq_rel, std::memory_order_relaxed)) {
        PRUN_FAULT_POINT("item taken");
        return true;
      }
    }
    PRUN_FAULT_POINT("share ended");
    return false;
  }

  /// Master: takes back half of the items that have not begun. If its outcomes do not show that a
  /// worker has begun an item, the worker keeps at least one, so that items do not move from worker to worker forever. Returns the
  /// first item taken; the items extend to the end that the master knows. Absent: none can be taken, or the worker has another chunk.
  /// @param told number of items of the chunk that have their outcomes
  [[nodiscard]] std::optional<std::uint32_t> halve(std::uint64_t ticket, std::uint32_t told) noexcept {
    std::uint64_t seen = word_->load(std::memory_order_acquire);
    while (seen >> 48U == (ticket & 0xffff) && next_of(seen) < end_of(seen)) {
      const std::uint32_t taken = (end_of(seen) - next_of(seen) + (next_of(seen) > told ? 1 : 0)) / 2;
      if (taken == 0) break;
      const std::uint32_t end = end_of(seen) - taken;
      if (word_->compare_exchange_weak(seen, packed(ticket, next_of(seen), end), std::memory_order_acq_rel,
                                       std::memory_order_acquire)) {
        return end;
      }
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint64_t one_item = std::uint64_t{1} << 24;
  static constexpr std::uint64_t packed(std::uint64_t ticket, std::uint32_t next, std::uint32_t end) noexcept {
    return ticket << 48U | std::uint64_t{next} << 24U | end;
  }
  static constexpr std::uint32_t next_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word >> 24U) & most_items;
  }
  static constexpr std::uint32_t end_of(std::uint64_t word) noexcept {
    return static_cast<std::uint32_t>(word) & most_items;
  }

  std::atomic<std::uint64_t>* word_;
};

}  // namespace prun::ring
