// The ring of chunks that wait for a worker. It has one producer, the master, and any number of consumers, the workers. Each
// worker may be killed at any instruction.
//
// Tickets number the chunks in the order of publishing. Ticket t is in slot t % N, in lap t / N. The state of a slot is
//   lap << 16 | owner      owner: 0 free for the ticket of that lap, 1 ready, 2 + w claimed by worker w
// Transitions, with the memory order of each:
//   free(lap)     -> ready(lap)        master, release: the chunk is written before it becomes visible
//   ready(lap)    -> claimed(lap, w)   worker w, compare-and-swap, acquire: only it reads the chunk from now on
//   claimed(lap, w) -> free(lap + 1)   worker w, release, once it has copied the chunk and written `held`;
//                                      or the master, once w is known to be dead
//   ready(lap)    -> free(lap + 1)     master, compare-and-swap: withdraws a chunk that no worker has claimed
// The number in a slot's state only grows.
// `hint` is the lowest ticket that may be unclaimed. Every worker that finds the ticket at the hint already claimed advances
// the hint, so a worker that dies between its claim and that step blocks nobody.
// ring/PROTOCOL.md says what the master does after a death at each step.
#pragma once

#include "ring/fault_point.hpp"
#include "ring/region.hpp"

#include <bit>
#include <cstdint>
#include <optional>

namespace prun::ring {

/// A view of the ring in a region. Any number of views may exist, in any process that maps the region.
class TaskRing {
 public:
  explicit TaskRing(const Region& region) noexcept
      : header_(&region.header()),
        slots_(region.slots().data()),
        calls_(region.calls().data()),
        mask_(region.header().slot_count - 1),
        shift_(static_cast<unsigned>(std::countr_zero(region.header().slot_count))) {}

  /// Master: the slot of the next ticket is free.
  [[nodiscard]] bool has_room() const noexcept {
    return slots_[next_ & mask_].state.load(std::memory_order_acquire) == state(next_ >> shift_, free);
  }

  /// Master: publishes `chunk` under the next ticket and returns the ticket; nothing if its slot is still in use. Busy
  /// workers see the chunk at once. After `announce()`, wake sleeping workers. `call` is the number of the call that the
  /// chunk belongs to.
  [[nodiscard]] std::optional<std::uint64_t> publish(const Chunk& chunk, std::uint64_t call = 0) noexcept {
    TaskSlot& slot = slots_[next_ & mask_];
    const std::uint64_t lap = next_ >> shift_;
    if (slot.state.load(std::memory_order_acquire) != state(lap, free)) return std::nullopt;
    slot.chunk = chunk;
    note_call(next_ & mask_, call);
    slot.state.store(state(lap, ready), std::memory_order_release);
    return next_++;
  }

  /// Master: makes all published chunks count for `empty()`. Sequentially consistent: together with the sleeper bits this
  /// ensures that the worker sees the chunk before it sleeps, or the master sees the sleeper.
  void announce() noexcept { header_->tail.store(next_, std::memory_order_seq_cst); }

  /// Master: tickets published so far.
  [[nodiscard]] std::uint64_t published() const noexcept { return next_; }

  /// Worker `worker`: claims the oldest ready chunk. The slot stays claimed until `vacate`.
  struct Claim {
    std::uint64_t ticket;
    const Chunk* chunk;
    std::uint64_t call;
  };
  [[nodiscard]] std::optional<Claim> claim(std::uint32_t worker) noexcept {
    std::uint64_t ticket = header_->hint.load(std::memory_order_acquire);
    for (;;) {
      TaskSlot& slot = slots_[ticket & mask_];
      const std::uint64_t lap = ticket >> shift_;
      std::uint64_t seen = slot.state.load(std::memory_order_acquire);
      if (seen <= state(lap, free)) return std::nullopt;  // not published; possibly still claimed in the previous lap
      if (seen == state(lap, ready) &&
          slot.state.compare_exchange_strong(seen, state(lap, claimed_by(worker)), std::memory_order_acq_rel,
                                             std::memory_order_acquire)) {
        PRUN_FAULT_POINT("claimed");
        move_hint(ticket);
        PRUN_FAULT_POINT("hint moved");
        return Claim{ticket, &slot.chunk, call_of(ticket & mask_)};
      }
      ticket = move_hint(ticket);
    }
  }

  /// The claimant, or the master for a dead claimant: frees the slot for the next lap.
  void vacate(std::uint64_t ticket) noexcept {
    slots_[ticket & mask_].state.store(state((ticket >> shift_) + 1, free), std::memory_order_release);
    PRUN_FAULT_POINT("vacated");
  }

  /// Master: withdraws a chunk. Returns false if a worker has or had it.
  [[nodiscard]] bool withdraw(std::uint64_t ticket) noexcept {
    std::uint64_t expected = state(ticket >> shift_, ready);
    return slots_[ticket & mask_].state.compare_exchange_strong(expected, state((ticket >> shift_) + 1, free),
                                                                std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  /// No worker has claimed the chunk yet. True may be outdated immediately.
  [[nodiscard]] bool waiting(std::uint64_t ticket) const noexcept {
    return slots_[ticket & mask_].state.load(std::memory_order_acquire) == state(ticket >> shift_, ready);
  }

  /// Master, for a dead worker: the ticket of the slot that it had claimed and not yet vacated.
  [[nodiscard]] std::optional<std::uint64_t> claimed(std::uint32_t worker) const noexcept {
    for (std::uint64_t i = 0; i <= mask_ && i < next_; ++i) {  // does not touch pages that were never used
      const std::uint64_t seen = slots_[i].state.load(std::memory_order_acquire);
      if ((seen & owner_mask) == claimed_by(worker)) return (seen >> owner_bits) << shift_ | i;
    }
    return std::nullopt;
  }

  /// No announced chunk is left to claim.
  [[nodiscard]] bool empty() const noexcept { return backlog() == 0; }

  /// Number of chunks that are announced and, according to the hint, not claimed.
  [[nodiscard]] std::uint64_t backlog() const noexcept {
    const std::uint64_t hint = header_->hint.load(std::memory_order_seq_cst);
    const std::uint64_t tail = header_->tail.load(std::memory_order_seq_cst);
    return tail > hint ? tail - hint : 0;
  }

 private:
  static constexpr unsigned owner_bits = 16;
  static constexpr std::uint64_t owner_mask = (std::uint64_t{1} << owner_bits) - 1;
  static constexpr std::uint64_t free = 0;
  static constexpr std::uint64_t ready = 1;
  static constexpr std::uint64_t claimed_by(std::uint32_t worker) noexcept { return 2 + std::uint64_t{worker}; }
  static constexpr std::uint64_t state(std::uint64_t lap, std::uint64_t owner) noexcept {
    return lap << owner_bits | owner;
  }

  /// Advances the hint past `ticket` unless another worker did. Returns its current value. Sequentially consistent: the
  /// claimant reads the bell next, and a master that has armed the bell reads the hint.
  std::uint64_t move_hint(std::uint64_t ticket) noexcept {
    std::uint64_t expected = ticket;
    return header_->hint.compare_exchange_strong(expected, ticket + 1, std::memory_order_seq_cst,
                                                 std::memory_order_acquire)
               ? ticket + 1
               : expected;
  }

  // The table is beside the slots, which have no room for it. It is not accessed before a second call, or if it has the
  // number already. So a pool that makes one call touches none of its pages.
  void note_call(std::uint64_t slot, std::uint64_t call) noexcept {
    if (header_->calls_numbered.load(std::memory_order_relaxed) == 0) {
      if (call == 0) return;
      header_->calls_numbered.store(1, std::memory_order_relaxed);
    }
    if (calls_[slot] != call) calls_[slot] = call;
  }
  [[nodiscard]] std::uint64_t call_of(std::uint64_t slot) const noexcept {
    return header_->calls_numbered.load(std::memory_order_relaxed) == 0 ? 0 : calls_[slot];
  }

  Header* header_;
  TaskSlot* slots_;
  std::uint64_t* calls_;
  std::uint64_t mask_;
  unsigned shift_;
  std::uint64_t next_ = 0;  ///< master only
};

}  // namespace prun::ring
