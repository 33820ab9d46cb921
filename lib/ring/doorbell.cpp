#include "ring/doorbell.hpp"

#include "ring/fault_point.hpp"
#include "sys/event_fd.hpp"
#include "sys/futex.hpp"

namespace prun::ring {

void Doorbell::ring() noexcept {
  const std::uint32_t was = header_->bell.exchange(static_cast<std::uint32_t>(Bell::silent), std::memory_order_seq_cst);
  PRUN_FAULT_POINT("bell taken");
  switch (static_cast<Bell>(was)) {
    case Bell::silent: break;
    case Bell::event_any:
    case Bell::event_batch:
    case Bell::event_full: sys::signal_event(event_fd_ >= 0 ? event_fd_ : header_->event_fd); break;
    case Bell::futex_any:
    case Bell::futex_batch: sys::futex_wake(header_->bell); break;
  }
}

}  // namespace prun::ring
