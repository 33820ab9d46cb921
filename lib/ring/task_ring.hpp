// The ring of chunks waiting for a worker: one producer (the master), any number of claimants (the workers), each of which
// may be killed at any instruction.
//
// A ticket numbers the chunks in the order of publishing; ticket t lies in slot t % N, in lap t / N. A slot's state is
//   lap << 16 | owner      owner: 0 free to be filled with the ticket of that lap, 1 ready, 2 + w claimed by worker w
// Transitions, with the memory order of each:
//   free(lap)     -> ready(lap)        master, release: the chunk is written before it can be seen
//   ready(lap)    -> claimed(lap, w)   worker w, compare-and-swap, acquire: it alone reads the chunk from now on
//   claimed(lap, w) -> free(lap + 1)   worker w, release, once it has copied the chunk and written `held`;
//                                      or the master, once w is known to be dead
//   ready(lap)    -> free(lap + 1)     master, compare-and-swap: the chunk is withdrawn, nobody had it
// Read as a number, a slot's state only ever grows.
// `hint` is the lowest ticket that may be unclaimed. Whoever finds the ticket at the hint taken moves the hint on, so that
// a worker that dies between its claim and its step of the hint holds nobody up.
// What a death at each point leaves behind stands in ring/PROTOCOL.md.
#pragma once

#include "ring/fault_point.hpp"
#include "ring/region.hpp"

#include <bit>
#include <cstdint>
#include <optional>

namespace prun::ring {

/// A view of the ring in a region; any number of them may exist, in any process that maps it.
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

  /// Master: puts `chunk` under the next ticket, which it returns; nothing where the slot for it is still taken.
  /// Workers see it at once, but sleeping ones are to be woken after `announce()`. `call` is the number of the call that the
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

  /// Master: makes all that was published count for `empty()`. Sequentially consistent: together with the sleeper bits it
  /// ensures that either the worker sees the chunk before it sleeps, or the master sees the sleeper.
  void announce() noexcept { header_->tail.store(next_, std::memory_order_seq_cst); }

  /// Master: tickets published so far.
  [[nodiscard]] std::uint64_t published() const noexcept { return next_; }

  /// Worker `worker`: takes the oldest chunk that is ready. The slot stays claimed until `vacate`.
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
      if (seen <= state(lap, free)) return std::nullopt;  // not published; the slot may even be taken in the lap before
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

  /// The claimant, or the master for a dead one: frees the slot for the next lap.
  void vacate(std::uint64_t ticket) noexcept {
    slots_[ticket & mask_].state.store(state((ticket >> shift_) + 1, free), std::memory_order_release);
    PRUN_FAULT_POINT("vacated");
  }

  /// Master: withdraws a chunk; false where a worker has it or had it.
  [[nodiscard]] bool withdraw(std::uint64_t ticket) noexcept {
    std::uint64_t expected = state(ticket >> shift_, ready);
    return slots_[ticket & mask_].state.compare_exchange_strong(expected, state((ticket >> shift_) + 1, free),
                                                                std::memory_order_acq_rel, std::memory_order_relaxed);
  }

  /// No worker has claimed the chunk yet. A true answer may be out of date at once.
  [[nodiscard]] bool waiting(std::uint64_t ticket) const noexcept {
    return slots_[ticket & mask_].state.load(std::memory_order_acquire) == state(ticket >> shift_, ready);
  }

  /// Master, for a dead worker: the ticket whose slot it had claimed and not yet vacated.
  [[nodiscard]] std::optional<std::uint64_t> claimed(std::uint32_t worker) const noexcept {
    for (std::uint64_t i = 0; i <= mask_ && i < next_; ++i) {  // pages never used stay untouched
      const std::uint64_t seen = slots_[i].state.load(std::memory_order_acquire);
      if ((seen & owner_mask) == claimed_by(worker)) return (seen >> owner_bits) << shift_ | i;
    }
    return std::nullopt;
  }

  /// Nothing that was announced is left to claim.
  [[nodiscard]] bool empty() const noexcept { return backlog() == 0; }

  /// Chunks announced and, as far as the hint tells, not claimed.
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

  /// Moves the hint past `ticket`, unless somebody did; returns where it is now. Sequentially consistent: the claimant looks at
  /// the bell next, and a master that has armed the bell looks at the hint.
  std::uint64_t move_hint(std::uint64_t ticket) noexcept {
    std::uint64_t expected = ticket;
    return header_->hint.compare_exchange_strong(expected, ticket + 1, std::memory_order_seq_cst,
                                                 std::memory_order_acquire)
               ? ticket + 1
               : expected;
  }

  // The table lies beside the slots, which have no room for it. It is neither read nor written before a second call, nor where it
  // holds the number already: a pool that makes one call touches none of its pages.
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
