// Decides where blocks are cut.
#include "input/commands/pipe_tasks.hpp"

#include "input/commands/call_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace prun {

Pull PipeTasks::next(Task& task) {
  while (!failed_) {
    if (take_header()) {
      if (const auto size = find_cut()) return hand_out(task, *size);
    }
    if (header_.problem()) return fail(*header_.problem());
    if (at_end_) return Pull::end;
    switch (buffer_.fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::blocked: return Pull::blocked;
      case ByteSource::Got::failed: return fail(fmt::format("cannot be read: {}", buffer_.bytes().reason()));
      case ByteSource::Got::end: at_end_ = true; break;
    }
  }
  return Pull::end;
}

/// Returns true if there is no header, or it is known.
bool PipeTasks::take_header() {
  if (header_.known()) return true;
  const auto size = header_.size_in(buffer_.unread(), at_end_);
  if (!size) return false;
  header_.set(buffer_.unread().substr(0, *size));
  buffer_.consume(*size);
  return true;
}

/// The size of the next block; absent: more must be read, or there is nothing left.
std::optional<std::size_t> PipeTasks::find_cut() {
  const std::string_view unread = buffer_.unread();
  if (unread.empty()) return std::nullopt;
  if (most_records_ == 0) {
    if (at_end_ && unread.size() <= block_) return unread.size();
    if (!at_end_ && unread.size() < block_ + records_->look_ahead()) return std::nullopt;
    if (records_->searches_back() && whole_ == 0) {
      if (const std::size_t end = records_->last_end(unread, block_); end != std::string_view::npos) return end;
    }
  }
  if (const auto size = scan_records()) return size;
  if (!at_end_) return std::nullopt;
  return most_records_ == 0 && whole_ > 0 ? whole_ : unread.size();
}

/// Goes from record to record until there are enough of them.
std::optional<std::size_t> PipeTasks::scan_records() {
  const std::string_view unread = buffer_.unread();
  while (whole_ < unread.size()) {
    const auto size = records_->record_size(unread.substr(whole_), at_end_);
    if (!size) return std::nullopt;
    const std::size_t end = whole_ + *size;
    if (most_records_ != 0) {
      whole_ = end;
      if (++counted_ == most_records_) return whole_;
    } else {
      if (end >= block_) return end > block_ && whole_ > 0 ? whole_ : end;
      whole_ = end;
    }
  }
  return std::nullopt;
}

Pull PipeTasks::hand_out(Task& task, std::size_t size) {
  make_block_call(task, *function_, header_.text(), buffer_.unread().substr(0, size));
  buffer_.consume(size);
  buffer_.release();
  whole_ = 0;
  counted_ = 0;
  return Pull::task;
}

Pull PipeTasks::fail(const std::string& problem) {
  error_.message = "<stdin>: " + problem;
  failed_ = true;
  buffer_.consume(buffer_.unread().size());
  return Pull::bad;
}

}  // namespace prun
