// Draws lines below the output of a terminal, and redraws them in place. They are cleared before any output is written to the same
// terminal.
//
// The cursor stays at the start of the first line. So "return, and clear to the end of the screen" clears any number of lines, even
// after the terminal has become narrower and has wrapped them. If another program writes whole lines to the terminal without prun's
// knowledge, these lines are kept: the next drawing begins at the new position of the cursor. The state of the terminal is never changed
// (no hidden cursor, no scroll region), so there is nothing to restore if prun is killed.
#pragma once

#include "output/overlay.hpp"
#include "progress/screen.hpp"
#include "sys/shared_terminal.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace prun {

class Drawing final : public Overlay {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds least_pause{100};

  /// @param shared with other processes that write to the terminal; null: there are none
  explicit Drawing(Screen& screen, sys::SharedTerminal* shared = nullptr) : screen_(&screen), shared_(shared) {}

  /// Draws the lines if they differ from the drawn ones. Draws nothing after an incomplete line, or if the process is in the background.
  /// @param size of the screen; each line is narrower than it
  void draw(const std::vector<std::string>& lines, Screen::Size size, Clock::time_point now);
  /// Clears the lines.
  void clear() { static_cast<void>(make_way()); }
  /// Outputs hold back their text until that time.
  void hold_back_until(Clock::time_point time) noexcept { held_until_ = time; }
  [[nodiscard]] bool drawn() const noexcept { return !drawn_.empty() && (shared_ == nullptr || shared_->drawn()); }

  [[nodiscard]] bool make_way() override;
  void wrote(char last) override;
  [[nodiscard]] bool holds_back() const override { return drawn() && Clock::now() < held_until_; }

 private:
  void draw_now(const std::vector<std::string>& lines, Screen::Size size);
  bool clear_now();
  [[nodiscard]] bool in_line() const noexcept { return shared_ != nullptr ? shared_->in_line() : in_line_; }

  Screen* screen_;
  sys::SharedTerminal* shared_;
  std::string drawn_;  ///< the frame on the screen; empty: none
  Screen::Size size_;
  bool in_line_ = false;  ///< an output has written an incomplete line
  Clock::time_point held_until_{};
};

}  // namespace prun
