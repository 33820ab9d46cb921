// Wakes a sleeping master when results arrive. Before it sleeps, the master writes into the bell what it waits for. The
// worker that rings resets the bell to silent, so one sleep costs one system call for any number of results.
//   master: store bell (seq_cst), read every result ring once more, sleep; after waking: store silent
//   worker: commit results (seq_cst), load bell (seq_cst); to ring: exchange with silent, and ring only if it was armed
// If a worker dies between its exchange and its ring, the death itself is an event that wakes the master. A master that
// sleeps on the bell's futex is woken by the thread or process that it left to watch for deaths.
#pragma once

#include "ring/layout.hpp"

namespace prun::ring {

class Doorbell {
 public:
  /// @param event_fd in a process that is not a fork of the master: its descriptor for the master's `Header::event_fd`
  explicit Doorbell(Header& header, int event_fd = -1) noexcept : header_(&header), event_fd_(event_fd) {}

  /// Master.
  void arm(Bell bell) noexcept { header_->bell.store(static_cast<std::uint32_t>(bell), std::memory_order_seq_cst); }
  void silence() noexcept { arm(Bell::silent); }
  [[nodiscard]] bool rung() const noexcept { return armed() == Bell::silent; }

  /// Worker: the current request.
  [[nodiscard]] Bell armed() const noexcept { return static_cast<Bell>(header_->bell.load(std::memory_order_seq_cst)); }

  /// Worker: rings if the bell is armed.
  void ring() noexcept;

 private:
  Header* header_;
  int event_fd_;
};

/// Reasons to ring before the result ring is full: a worker is idle,
[[nodiscard]] constexpr bool wants_idle(Bell bell) noexcept { return bell != Bell::silent && bell != Bell::event_full; }
/// ... fewer chunks are left than the low-water mark.
[[nodiscard]] constexpr bool wants_low_water(Bell bell) noexcept {
  return bell == Bell::event_batch || bell == Bell::futex_batch;
}

[[nodiscard]] constexpr bool wants_any(Bell bell) noexcept {
  return bell == Bell::event_any || bell == Bell::futex_any;
}

}  // namespace prun::ring
