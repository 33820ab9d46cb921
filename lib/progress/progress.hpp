// `--progress`: shows the progress of a run. This part of the run reads the run's view at most ten times a second and receives events
// only for measured calls, so it costs almost nothing for each task.
#pragma once

#include "event/run_part.hpp"
#include "output/output_buffer.hpp"
#include "progress/drawing.hpp"
#include "progress/run_watch.hpp"
#include "progress/screen.hpp"
#include "progress/style.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

namespace prun {

class Progress final : public RunPart {
 public:
  using Now = std::function<Clock::time_point()>;

  struct Outputs {
    OutputBuffer* out;  ///< the run's
    OutputBuffer* err;
    OutputBuffer* lines;  ///< for plain lines and JSON; may be `err`
  };

  /// Where it draws.
  struct Place {
    Screen* screen = nullptr;               ///< null: nothing is drawn
    sys::SharedTerminal* shared = nullptr;  ///< for tasks that write to the terminal themselves; null: none does
  };

  /// All must outlive it.
  Progress(const ProgressPlan& plan, std::optional<std::uint64_t> total, const Outputs& outputs, const Place& place,
           Now now = Clock::now);
  ~Progress() override;

  [[nodiscard]] Wants wants() const noexcept override { return Wants::samples | Wants::recalls; }
  void on_event(const RunEvent& event) override;
  void start(const RunView& view) override;
  [[nodiscard]] std::optional<Clock::time_point> next_time() const override { return next_; }
  void on_time() override;
  void before_pause() override;
  void before_end() override;
  void finish() override;

  /// The drawing is on the terminal of this output.
  void share_terminal_of(OutputBuffer& output) { output.share_terminal(drawing_ ? &*drawing_ : nullptr); }

 private:
  [[nodiscard]] bool draws() const noexcept { return drawing_.has_value(); }
  void draw();
  [[nodiscard]] bool a_task_writes() const;
  void print_plain();
  void print_json(bool end);
  void print(std::string_view line);

  ProgressPlan plan_;
  std::optional<std::uint64_t> total_;
  Outputs outputs_;
  Place place_;
  const RunView* view_ = nullptr;
  Now now_;
  std::optional<Drawing> drawing_;
  std::optional<RunWatch> watch_;
  std::optional<Clock::time_point> next_;
  Clock::time_point begun_{};
  Clock::time_point last_line_{};
  unsigned last_tenth_ = 0;
  std::string last_json_;
};

}  // namespace prun
