// Passes the events of a run to its parts. If no part wants a kind of event, none is made.
#pragma once

#include "event/run_part.hpp"

#include <span>
#include <vector>

namespace prun {

class EventStream {
 public:
  /// A part must outlive the stream. Parts receive an event in the order in which they joined.
  void add(RunPart& part) {
    parts_.push_back(&part);
    wanted_ = wanted_ | part.wants();
  }

  [[nodiscard]] bool wanted(Wants kind) const noexcept { return has_any(wanted_, kind); }
  template <typename Event>
  [[nodiscard]] bool wanted() const noexcept {
    return wanted(kind_of<Event>());
  }

  /// Passes an event to the parts that want its kind. Code that runs for every task checks `wanted` first.
  template <typename Event>
  void tell(const Event& event) const {
    if (!wanted<Event>()) return;
    const RunEvent told(event);
    for (RunPart* part : parts_) {
      if (has_any(part->wants(), kind_of<Event>())) part->on_event(told);
    }
  }

  [[nodiscard]] std::span<RunPart* const> parts() const noexcept { return parts_; }

 private:
  std::vector<RunPart*> parts_;
  Wants wanted_ = Wants::nothing;
};

}  // namespace prun
