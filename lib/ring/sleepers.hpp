// Puts workers without tasks to sleep and wakes them.
//   worker: asleep = 1; set its bit (seq_cst); look at the task ring once more (seq_cst); sleep on `asleep`
//   master: publish and announce (seq_cst); load the bits (seq_cst); take a bit; asleep = 0; wake
// Either the worker sees the chunk or the master sees the bit. Clearing a bit spends a wake-up on that worker, whatever
// chunk it claims then. So a worker that was in `sleep` wakes one more after its next claim if more chunks are announced.
// Thus no chunk waits behind a busy worker while another worker sleeps.
// A worker that dies asleep leaves its bit set; the master clears it. If a worker dies between waking and claiming, or
// between clearing another's bit and waking it, a chunk is ready while a worker sleeps: the master wakes all (`forget`).
//
// The watcher: one idle worker at a time polls for tasks for a while before it sleeps, so that calls in quick succession
// need no system call. It sets `watcher` (seq_cst). If the master finds a watcher after it has announced chunks, it wakes
// one sleeper less. A watcher that stops clears the word (seq_cst). From then on it owes a wake-up, as if it had been woken:
// it looks again before it sleeps or after its next claim.
#pragma once

#include "ring/fault_point.hpp"
#include "ring/region.hpp"
#include "sys/futex.hpp"

#include <bit>

namespace prun::ring {

class Sleepers {
 public:
  explicit Sleepers(const Region& region) noexcept : region_(&region) {}

  /// Worker: sleeps until woken. Does not sleep if `has_work` returns true after the bit is set.
  template <class HasWork>
  void sleep(std::uint32_t worker, HasWork has_work) noexcept {
    auto& asleep = region_->worker(worker).asleep;
    asleep.store(1, std::memory_order_relaxed);
    PRUN_FAULT_POINT("about to sleep");
    word(worker).fetch_or(bit(worker), std::memory_order_seq_cst);
    PRUN_FAULT_POINT("sleeper bit set");
    while (!has_work() && asleep.load(std::memory_order_acquire) == 1) sys::futex_wait(asleep, 1);
    PRUN_FAULT_POINT("woken");
    // Clear it whatever ended the sleep: a slow waker that cleared the bit of an earlier sleep may have ended this one.
    // Acquire: if the bit is already cleared, everything that its waker announced is visible from here on.
    word(worker).fetch_and(~bit(worker), std::memory_order_acq_rel);
    asleep.store(0, std::memory_order_relaxed);
    PRUN_FAULT_POINT("awake");
  }

  /// Worker: tries to become the watcher.
  [[nodiscard]] bool begin_watch(std::uint32_t worker) noexcept {
    std::uint32_t nobody = 0;
    auto& watcher = region_->header().watcher;
    return watcher.load(std::memory_order_relaxed) == 0 &&
           watcher.compare_exchange_strong(nobody, worker + 1, std::memory_order_seq_cst);
  }
  void end_watch() noexcept { region_->header().watcher.store(0, std::memory_order_seq_cst); }

  /// Master, after it has announced `count` chunks: makes the same number of idle workers look for them.
  void wake_for(std::uint64_t count) noexcept {
    if (region_->header().watcher.load(std::memory_order_seq_cst) != 0) --count;
    if (count != 0) wake(count);
  }

  /// Wakes up to `count` sleepers; returns how many.
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

  /// Master: number of sleeping workers.
  [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t sum = 0;
    for (const auto& w : region_->sleepers()) {
      sum += static_cast<std::uint64_t>(std::popcount(w.bits.load(std::memory_order_seq_cst)));
    }
    return sum;
  }

  /// Master, for a dead worker: clears the bit of the worker and wakes all others, because the worker may have owed a wake-up.
  void forget(std::uint32_t worker) noexcept {
    word(worker).fetch_and(~bit(worker), std::memory_order_relaxed);
    region_->worker(worker).asleep.store(0, std::memory_order_relaxed);
    std::uint32_t dead = worker + 1;
    region_->header().watcher.compare_exchange_strong(dead, 0, std::memory_order_seq_cst);
    for (std::uint32_t other = 0; other < region_->header().worker_count; ++other) {
      if (region_->worker(other).asleep.load(std::memory_order_seq_cst) == 0) continue;
      word(other).fetch_and(~bit(other), std::memory_order_acq_rel);
      rouse(other);
    }
  }

 private:
  std::uint64_t wake_one(std::uint32_t worker) noexcept {
    if ((word(worker).fetch_and(~bit(worker), std::memory_order_acq_rel) & bit(worker)) == 0) return 0;
    PRUN_FAULT_POINT("sleeper bit taken");
    rouse(worker);
    return 1;
  }
  void rouse(std::uint32_t worker) noexcept {
    auto& asleep = region_->worker(worker).asleep;
    asleep.store(0, std::memory_order_release);
    PRUN_FAULT_POINT("sleeper told");
    sys::futex_wake(asleep);
  }

  [[nodiscard]] std::atomic<std::uint64_t>& word(std::uint32_t worker) const noexcept {
    return region_->sleepers()[worker / 64].bits;
  }
  [[nodiscard]] static std::uint64_t bit(std::uint32_t worker) noexcept { return std::uint64_t{1} << (worker % 64); }

  const Region* region_;
};

}  // namespace prun::ring
