// Fills the record of a run from its events. It joins the run before the parts that use the record, so the record is complete when they
// receive RunEnded.
#pragma once

#include "event/run_part.hpp"
#include "history/history.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace prun {
class Function;
}

namespace prun::history {

/// What is recorded besides the durations of attempts and the reasons why no task started.
struct Detail {
  bool everything = false;  ///< every task and every attempt; otherwise as many as an advice needs, without a file
  bool usage = false;       ///< resource usage of attempts: CPU time, memory
  /// The waiting outcomes and the memory, several times a second, and the calls that never ended.
  bool samples = false;

  friend constexpr Detail operator|(Detail a, Detail b) noexcept {
    return {a.everything || b.everything, a.usage || b.usage, a.samples || b.samples};
  }
};
inline constexpr Detail for_advice{};
inline constexpr Detail for_report{.everything = true, .usage = true};
inline constexpr Detail for_trace{.everything = true, .samples = true};

/// If not everything is recorded, it listens only as long as the cost is small: until a block of attempts was short, or there are
/// History::default_in_memory. Those until then stand for the rest of the run.
class HistoryRecorder final : public RunPart {
 public:
  using Now = Clock::time_point (*)();

  static constexpr std::uint64_t block = 65'536;                        ///< attempts
  static constexpr std::chrono::nanoseconds least_time{5'000 * block};  ///< of a block, to record more

  /// @param history is filled; must outlive it @param now is called when the run begins, and for events without a time
  /// @param wants_less is called when `wants` has changed
  explicit HistoryRecorder(
      History& history, Detail detail = for_report, Now now = &Clock::now, std::function<void()> wants_less = [] {})
      : history_(&history), detail_(detail), now_(now), began_(now()), wants_less_(std::move(wants_less)) {}

  [[nodiscard]] Wants wants() const noexcept override {
    if (stopped_) return Wants::end;
    Wants wants = Wants::outcomes | Wants::chunks | Wants::workers | Wants::hold_ups | Wants::end | Wants::times;
    if (detail_.everything) wants = wants | Wants::tasks;
    return detail_.usage ? wants | Wants::usage : wants;
  }
  void on_event(const RunEvent& event) override;
  void start(const RunView& view) override;
  [[nodiscard]] std::optional<Clock::time_point> next_time() const override {
    return block_ended_ ? Clock::time_point::min() : next_sample_;
  }
  void on_time() override { block_ended_ ? look_at_block() : take_sample(); }
  void finish() override;

 private:
  void on(const AttemptEnded& ended);
  void add(EndedAttempt& record, const AttemptEnded& ended);
  void take_sample();
  void look_at_block();
  [[nodiscard]] std::int64_t time() const { return (now_() - began_).count(); }
  [[nodiscard]] std::uint32_t number_of(const Function& function);
  [[nodiscard]] std::uint32_t place_of(const AttemptEnded& ended);

  History* history_;
  Detail detail_;
  Now now_;
  Clock::time_point began_;
  std::function<void()> wants_less_;
  Clock::time_point block_began_ = began_;
  std::uint64_t next_block_ = block;  ///< begins with this attempt
  bool block_ended_ = false;
  bool stopped_ = false;
  const Function* last_function_ = nullptr;
  std::uint32_t last_number_ = 0;
  std::uint32_t last_host_ = 0;         ///< as in detail::AttemptInfo
  std::uint32_t last_host_number_ = 0;  ///< as in WorkerPlaces
  bool last_is_command_ = false;
  const RunView* view_ = nullptr;
  std::optional<Clock::time_point> next_sample_;
};

}  // namespace prun::history
