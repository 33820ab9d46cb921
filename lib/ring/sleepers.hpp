// Workers that sleep for want of tasks, and their waking.
//   worker: asleep = 1; set its bit (seq_cst); look at the task ring once more (seq_cst); sleep on `asleep`
//   master: publish and announce (seq_cst); load the bits (seq_cst); take a bit; asleep = 0; wake
// Either the worker's look sees the chunk or the master's load sees the bit. A worker that dies asleep leaves its bit; the
// master clears it with the rest of the block. One that dies between waking and claiming leaves the chunk ready: the master,
// told of the death, wakes another.
#pragma once

#include "ring/region.hpp"
#include "sys/futex.hpp"

#include <bit>

namespace prun::ring {

class Sleepers {
 public:
  explicit Sleepers(const Region& region) noexcept : region_(&region) {}

  /// Worker: sleeps until woken, unless `has_work` once the bit is set.
  template <class HasWork>
  void sleep(std::uint32_t worker, HasWork has_work) noexcept {
    auto& asleep = region_->worker(worker).asleep;
    asleep.store(1, std::memory_order_relaxed);
    word(worker).fetch_or(bit(worker), std::memory_order_seq_cst);
    while (!has_work() && asleep.load(std::memory_order_acquire) == 1) sys::futex_wait(asleep, 1);
    if (asleep.load(std::memory_order_relaxed) == 1) word(worker).fetch_and(~bit(worker), std::memory_order_relaxed);
  }

  /// Master: wakes up to `count` sleepers; returns how many.
  std::uint64_t wake(std::uint64_t count) noexcept {
    std::uint64_t woken = 0;
    for (std::size_t w = 0; w < region_->sleepers().size() && woken < count; ++w) {
      std::uint64_t bits = region_->sleepers()[w].bits.load(std::memory_order_seq_cst);
      for (; bits != 0 && woken < count; bits &= bits - 1) {
        woken += wake_one(static_cast<std::uint32_t>(w * 64) + static_cast<std::uint32_t>(std::countr_zero(bits)));
      }
    }
    return woken;
  }

  /// Master: how many sleep now.
  [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& w : region_->sleepers()) {
      sum += static_cast<std::uint64_t>(std::popcount(w.bits.load(std::memory_order_seq_cst)));
    }
    return sum;
  }

  /// Master, for a dead worker.
  void forget(std::uint32_t worker) noexcept {
    word(worker).fetch_and(~bit(worker), std::memory_order_relaxed);
    region_->worker(worker).asleep.store(0, std::memory_order_relaxed);
  }

 private:
  std::uint64_t wake_one(std::uint32_t worker) noexcept {
    if ((word(worker).fetch_and(~bit(worker), std::memory_order_acq_rel) & bit(worker)) == 0) return 0;
    auto& asleep = region_->worker(worker).asleep;
    asleep.store(0, std::memory_order_release);
    sys::futex_wake(asleep);
    return 1;
  }

  [[nodiscard]] std::atomic<std::uint64_t>& word(std::uint32_t worker) const noexcept {
    return region_->sleepers()[worker / 64].bits;
  }
  [[nodiscard]] static std::uint64_t bit(std::uint32_t worker) noexcept { return std::uint64_t{1} << (worker % 64); }

  const Region* region_;
};

}  // namespace prun::ring
