#include "progress/drawing.hpp"

#include <fmt/format.h>

namespace prun {
namespace {

constexpr std::string_view clear_rest_of_line = "\x1b[K";
constexpr std::string_view clear_rest = "\x1b[J";

/// The first line, the other lines below it, and the way back to the start.
std::string frame_of(const std::vector<std::string>& lines) {
  std::string frame = "\r";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (i != 0) frame.append(clear_rest_of_line).append("\r\n");
    frame += lines[i];
  }
  frame += clear_rest;
  if (lines.size() > 1) frame += fmt::format("\x1b[{}A", lines.size() - 1);
  return frame += '\r';
}

}  // namespace

void Drawing::draw(const std::vector<std::string>& lines, Screen::Size size, Clock::time_point now) {
  held_until_ = now + least_pause;
  if (lines.empty() || !screen_->in_foreground()) return;
  if (shared_ == nullptr) return draw_now(lines, size);
  if (!shared_->try_lock()) return;  // another process writes; the next frame follows soon
  draw_now(lines, size);
  shared_->unlock();
}

void Drawing::draw_now(const std::vector<std::string>& lines, Screen::Size size) {
  if (in_line()) return;
  std::string frame = frame_of(lines);
  const bool same_size = size.columns == size_.columns && size.lines == size_.lines;
  if (drawn() && frame == drawn_ && same_size) return;
  // An incomplete frame is cleared by the next frame like a complete one.
  static_cast<void>(screen_->write(frame));
  drawn_ = std::move(frame);
  size_ = size;
  if (shared_ != nullptr) shared_->set_drawn(true);
}

bool Drawing::make_way() {
  if (!drawn()) return true;
  if (shared_ == nullptr) return clear_now();
  if (!shared_->try_lock()) return false;
  const bool cleared = clear_now();
  shared_->unlock();
  return cleared;
}

bool Drawing::clear_now() {
  if (drawn() && !screen_->write(sys::SharedTerminal::clear_drawing)) return false;
  drawn_.clear();
  if (shared_ != nullptr) shared_->set_drawn(false);
  return true;
}

void Drawing::wrote(char last) {
  in_line_ = last != '\n';
  if (shared_ != nullptr) shared_->set_in_line(in_line_);
}

}  // namespace prun
