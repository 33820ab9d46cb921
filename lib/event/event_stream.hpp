// Passes the events of a run to its parts. An event that no part wants is not created.
#pragma once

#include "event/run_part.hpp"

#include <array>
#include <cstddef>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

namespace prun {

class EventStream {
 public:
  /// A part must outlive the stream. Parts receive an event in the order in which they joined.
  void add(RunPart& part) {
    parts_.push_back(&part);
    listen(part);
  }
  /// A part wants fewer kinds of event than before. Do not call it while an event is passed on.
  void wants_have_changed() {
    wanted_ = Wants::nothing;
    for (Parts& hear : hear_) hear.clear();
    hear_values_.clear();
    for (RunPart* part : parts_) listen(*part);
  }

  [[nodiscard]] bool wanted(Wants kind) const noexcept { return has_any(wanted_, kind); }
  template <typename Event>
  [[nodiscard]] bool wanted() const noexcept {
    return wanted(kind_of<Event>());
  }
  /// Returns true if a part wants attempts that succeed, not only those that fail.
  [[nodiscard]] bool wants_values() const noexcept { return wanted(Wants::outcomes); }

  /// Passes an event to the parts that want its kind. Code that runs for every task checks `wanted` first.
  template <typename Event>
  void tell(const Event& event) const {
    const Parts& hear = who_hears(event);
    if (hear.empty()) return;
    const RunEvent told(event);
    for (RunPart* part : hear) part->on_event(told);
  }

  [[nodiscard]] std::span<RunPart* const> parts() const noexcept { return parts_; }

 private:
  using Parts = std::vector<RunPart*>;

  void listen(RunPart& part) {
    const Wants wants = part.wants();
    wanted_ = wanted_ | wants;
    add_to_lists(part, wants, static_cast<const RunEvent*>(nullptr));
    if (has_any(wants, Wants::outcomes)) hear_values_.push_back(&part);
  }

  /// The place of an event's type among those of RunEvent.
  template <typename Event, typename... Events>
  static consteval std::size_t place_of(const std::variant<Events...>*) {
    std::size_t place = 0;
    bool found = false;
    ((found = found || std::is_same_v<Event, Events>, place += found ? 0 : 1), ...);
    return place;
  }

  template <typename... Events>
  void add_to_lists(RunPart& part, Wants wants, const std::variant<Events...>* /*all*/) {
    Parts* list = hear_.data();
    const auto add_to_next = [&](Wants kind) {
      if (has_any(wants, kind)) list->push_back(&part);
      ++list;
    };
    (add_to_next(kind_of<Events>()), ...);
  }

  template <typename Event>
  [[nodiscard]] const Parts& who_hears(const Event& event) const noexcept {
    if constexpr (std::is_same_v<Event, AttemptEnded>) {
      if (event.failure == nullptr) return hear_values_;
    }
    return hear_[place_of<Event>(static_cast<const RunEvent*>(nullptr))];
  }

  Parts parts_;
  Wants wanted_ = Wants::nothing;
  std::array<Parts, std::variant_size_v<RunEvent>> hear_;  ///< by the type of event
  Parts hear_values_;                                      ///< AttemptEnded of an attempt that succeeded
};

}  // namespace prun
