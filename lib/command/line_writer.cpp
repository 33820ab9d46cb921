#include "command/line_writer.hpp"

#include "command/output_error.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace prun::command {
namespace {

constexpr std::size_t largest_whole_write = 4096;                   // no signal ends it early
constexpr std::size_t largest_kept = std::size_t{1} * 1024 * 1024;  // capacity kept for unfinished lines

}  // namespace

std::string tagged(std::string_view lines, std::string_view tag) {
  std::string text;
  text.reserve(lines.size() + tag.size());
  while (!lines.empty()) {
    const auto end = lines.find('\n');
    const std::string_view line = lines.substr(0, end == std::string_view::npos ? end : end + 1);
    text.append(tag).append(line);
    lines.remove_prefix(line.size());
  }
  return text;
}

LineWriter::~LineWriter() {
  if (holding_) release();
  if (counted_) lock_->end_waiting();
}

void LineWriter::add(std::string_view bytes) {
  if (reader_gone_) return;
  while (!bytes.empty()) {
    // Without a tag, lines need not be told apart.
    const auto end = tag_.empty() ? bytes.rfind('\n') : bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end == std::string_view::npos ? end : end + 1);
    bytes.remove_prefix(piece.size());
    if (!in_line_) text_ += tag_;
    text_ += piece;
    in_line_ = end == std::string_view::npos;
    if (!in_line_) complete_ = text_.size();
  }
  write();
}

void LineWriter::finish() {
  if (in_line_) add("\n");
}

pollfd LineWriter::wait_for() const noexcept {
  if (!waits() || gives_way_until_) return {-1, 0, 0};
  return holding_ ? pollfd{lock_->fd(), POLLOUT, 0} : pollfd{lock_->freed_fd(), POLLIN, 0};
}

bool LineWriter::still_gives_way() noexcept {
  const bool came = lock_->taken() != last_turn_;
  if (came) absent_ = 0;
  if (!came && gives_way_until_) {
    const auto now = now_();
    if (now < *gives_way_until_) return true;
    absent_ = lock_->waiting();
    absent_until_ = now + OutputLock::longest_wait;
  }
  gives_way_until_.reset();
  return false;
}

bool LineWriter::hold() {
  if (lock_->try_hold()) return true;
  if (counted_) return false;
  lock_->begin_waiting();
  counted_ = true;
  return lock_->try_hold();
}

bool LineWriter::begin_turn() {
  if (still_gives_way() || !hold()) return false;
  holding_ = true;
  if (counted_) lock_->end_waiting();
  counted_ = false;
  writing_.emplace(terminal_, lock_->fd());
  if (lock_->left_part_of_line()) {
    text_.insert(0, 1, '\n');
    ++complete_;
    lock_->note_part_of_line(false);
  }
  turn_end_ = complete_;
  return true;
}

// Where the output accepts only a part, the lock is kept until the rest is written. So no other line comes between.
// SIGKILL may end a large write early, so the word says before it that a part of a line may be left.
bool LineWriter::write_turn() {
  const sys::OutputChannel& channel = lock_->channel();
  while (written_ < turn_end_) {
    const std::string_view rest = std::string_view(text_).substr(written_, turn_end_ - written_);
    if (rest.size() > largest_whole_write) lock_->note_part_of_line(true);
    const ssize_t count = channel.write(rest);
    const int error = count < 0 ? errno : EIO;
    if (count > 0) written_ += static_cast<std::size_t>(count);
    lock_->note_part_of_line(written_ > 0 && text_[written_ - 1] != '\n');
    if (count > 0 || error == EINTR) continue;
    if (error == EAGAIN) return false;
    reader_gone_ = error == EPIPE || error == ECONNRESET;  // the master ends the run
    if (!reader_gone_) {
      release();
      errno = error;
      throw OutputError(lock_->fd());
    }
    turn_end_ = complete_ = written_ = text_.size();
  }
  lock_->note_part_of_line(false);
  return true;
}

void LineWriter::end_turn() noexcept {
  text_.erase(0, turn_end_);
  complete_ -= turn_end_;
  turn_end_ = written_ = 0;
  if (text_.capacity() > largest_kept && text_.size() < largest_kept) text_.shrink_to_fit();
  last_turn_ = lock_->taken();
  release();
  const std::uint32_t others = lock_->waiting();
  if (others == 0) return;
  const auto now = now_();
  absent_ = now < absent_until_ ? std::min(absent_, others) : 0;
  if (others > absent_) gives_way_until_ = now + longest_pause;
}

void LineWriter::release() noexcept {
  writing_.reset();
  holding_ = false;
  lock_->release();
}

void LineWriter::write() {
  while (waits()) {
    if (!holding_ && !begin_turn()) return;
    if (!write_turn()) return;
    end_turn();
  }
}

}  // namespace prun::command
