// How a sleeping master learns of results. It writes what it wants to hear into the bell before it sleeps; the worker that
// rings sets it back to silent, so that one sleep costs one system call however many results come.
//   master: store bell (seq_cst), look at every result ring once more, sleep; awake: store silent
//   worker: commit results (seq_cst), load bell (seq_cst), and where it is to ring: exchange silent; only who finds it armed rings
// A worker that dies between its exchange and its ring is itself an event that wakes the master; one that sleeps on the bell's
// word is woken by whoever it left to look for deaths.
#pragma once

#include "ring/layout.hpp"

namespace prun::ring {

class Doorbell {
 public:
  /// @param event_fd of a process that was not forked of the master: its own descriptor of what `Header::event_fd` names there
  explicit Doorbell(Header& header, int event_fd = -1) noexcept : header_(&header), event_fd_(event_fd) {}

  /// Master.
  void arm(Bell bell) noexcept { header_->bell.store(static_cast<std::uint32_t>(bell), std::memory_order_seq_cst); }
  void silence() noexcept { arm(Bell::silent); }
  [[nodiscard]] bool rung() const noexcept { return armed() == Bell::silent; }

  /// Worker: what is asked for now.
  [[nodiscard]] Bell armed() const noexcept { return static_cast<Bell>(header_->bell.load(std::memory_order_seq_cst)); }

  /// Worker: rings whatever is armed.
  void ring() noexcept;

 private:
  Header* header_;
  int event_fd_;
};

/// Worth ringing for before the result ring fills up: a worker has nothing left to do.
[[nodiscard]] constexpr bool wants_idle(Bell bell) noexcept { return bell != Bell::silent && bell != Bell::event_full; }
/// ... fewer chunks are left than the low-water mark.
[[nodiscard]] constexpr bool wants_low_water(Bell bell) noexcept {
  return bell == Bell::event_batch || bell == Bell::futex_batch;
}

[[nodiscard]] constexpr bool wants_any(Bell bell) noexcept {
  return bell == Bell::event_any || bell == Bell::futex_any;
}

}  // namespace prun::ring
