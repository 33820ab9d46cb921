// Fills the record of a run from its events. It is the first of the parts that use the record: they find all of it there when they
// hear RunEnded.
#pragma once

#include "event/run_part.hpp"
#include "history/history.hpp"

#include <cstdint>

namespace prun {
class Function;
}

namespace prun::history {

enum class Detail : std::uint8_t {
  durations,  ///< how long attempts took and what held the run back, of the first million attempts; nothing is written to a file
  everything,
};

class HistoryRecorder final : public RunPart {
 public:
  using Now = Clock::time_point (*)();

  /// @param history to be filled; must outlive it @param now is called when the run begins, and for events that have no time
  explicit HistoryRecorder(History& history, Detail detail = Detail::everything, Now now = &Clock::now)
      : history_(&history), detail_(detail), now_(now), began_(now()) {}

  [[nodiscard]] Wants wants() const noexcept override {
    if (detail_ == Detail::durations)
      return Wants::outcomes | Wants::chunks | Wants::workers | Wants::hold_ups | Wants::end | Wants::times;
    return Wants::tasks | Wants::outcomes | Wants::chunks | Wants::workers | Wants::hold_ups | Wants::end |
           Wants::times | Wants::usage;
  }
  void on_event(const RunEvent& event) override;

 private:
  void on(const AttemptEnded& ended);
  [[nodiscard]] std::int64_t time() const { return (now_() - began_).count(); }
  [[nodiscard]] std::uint32_t number_of(const Function& function);

  History* history_;
  Detail detail_;
  Now now_;
  Clock::time_point began_;
  const Function* last_function_ = nullptr;
  std::uint32_t last_number_ = 0;
};

}  // namespace prun::history
