// Distinguishes an array from lines, passes the text of each entry to the parser, and adds the position to errors.
#include "input/json/json_tasks.hpp"

#include "input/json/array_reader.hpp"
#include "input/json/json_text.hpp"
#include "input/lines/line_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace prun {
namespace {

enum class Layout : std::uint8_t { lines, array, unknown };

/// Examines the start of a file, after leading space.
Layout layout_of(std::string_view start, bool at_end) {
  if (start.empty()) return at_end ? Layout::lines : Layout::unknown;
  if (start.front() != '[') return Layout::lines;
  const std::string_view inside = without_space_around(start.substr(1));
  if (inside.empty()) return at_end ? Layout::array : Layout::unknown;
  return inside.front() == '"' ? Layout::lines : Layout::array;
}

}  // namespace

JsonTaskSource::JsonTaskSource(std::string name, std::unique_ptr<ByteSource> bytes, Registry& registry)
    : name_(std::move(name)), buffer_(std::move(bytes)), parser_(registry) {}

Pull JsonTaskSource::next(Task& task) {
  if (ended_) return Pull::end;
  if (entries_ == nullptr) {
    if (const auto answer = detect()) return *answer;
  }
  std::string_view text;
  while (true) {
    switch (entries_->next(text)) {
      case EntryReader::Got::entry:
        if (lines_ && without_space_around(text).empty()) continue;
        return parse(text, task);
      case EntryReader::Got::blocked: return Pull::blocked;
      case EntryReader::Got::bad: return bad(entries_->fault().at, entries_->fault().message);
      case EntryReader::Got::failed: return unreadable();
      case EntryReader::Got::end: return end();
    }
  }
}

/// Decides between the two layouts. @return the result of next() if it is not decided yet
std::optional<Pull> JsonTaskSource::detect() {
  bool at_end = false;
  while (true) {
    mark_skipped_ = mark_skipped_ || buffer_.skip_byte_order_mark(at_end);
    if (mark_skipped_) {
      const std::string_view unread = buffer_.unread();
      buffer_.consume(std::min(unread.find_first_not_of(json_space), unread.size()));
      const Layout layout = layout_of(buffer_.unread(), at_end);
      lines_ = layout == Layout::lines;
      if (lines_) entries_ = std::make_unique<LineReader>(buffer_);
      if (layout == Layout::array) entries_ = std::make_unique<ArrayReader>(buffer_);
      if (layout != Layout::unknown) return std::nullopt;
    }
    switch (buffer_.fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::blocked: return Pull::blocked;
      case ByteSource::Got::failed: return unreadable();
      case ByteSource::Got::end: at_end = true; break;
    }
  }
}

Pull JsonTaskSource::parse(std::string_view text, Task& task) {
  auto parsed = parser_.parse(text, task);
  if (parsed) {
    buffer_.release();
    return Pull::task;
  }
  TextError& error = parsed.error();
  const bool cut_off = lines_ && error.offset >= text.size();
  if (cut_off)
    error.message += "; in JSON Lines each task must be on one line, in a JSON array it may span several lines";
  return bad(text.data() + error.offset, error.message);
}

Pull JsonTaskSource::bad(const char* at, std::string_view message) {
  error_.message = buffer_.describe(name_, at, message);
  return Pull::bad;
}

Pull JsonTaskSource::unreadable() {
  ended_ = true;
  error_.message = fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason());
  return Pull::bad;
}

Pull JsonTaskSource::end() {
  ended_ = true;
  return Pull::end;
}

}  // namespace prun
