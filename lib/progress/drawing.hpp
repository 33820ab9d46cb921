// Lines drawn at the end of what a terminal shows, and drawn again in their place. Whoever writes to the same terminal has them
// taken away first.
//
// The cursor rests where the first line begins. So "return, and clear to the end of the screen" takes everything away, however many
// lines there are, also after the terminal has become narrower and has wrapped them. A program that writes to the terminal behind
// prun's back loses nothing of what it wrote in whole lines: the next drawing begins where the cursor is then. The terminal's state is
// never changed (no hidden cursor, no scroll region), so there is nothing to restore when prun is killed.
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

  /// Draws, if this differs from what is drawn. Not behind half a line, nor where the process is in the background.
  /// @param size of the screen, for which the lines were made; each is narrower than it
  void draw(const std::vector<std::string>& lines, Screen::Size size, Clock::time_point now);
  /// Takes the lines away.
  void clear() { static_cast<void>(make_way()); }
  /// What outputs have is held back until the next drawing.
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
  std::string drawn_;  ///< the frame that stands on the screen; empty: none
  Screen::Size size_;
  bool in_line_ = false;  ///< an output has written half a line
  Clock::time_point held_until_{};
};

}  // namespace prun
