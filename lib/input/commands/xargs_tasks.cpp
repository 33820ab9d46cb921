#include "input/commands/xargs_tasks.hpp"

#include "input/commands/call_task.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace prun {

XargsTasks::XargsTasks(std::string name, std::unique_ptr<ByteSource> bytes, XargsTaskOptions options,
                       const Function& function)
    : name_(std::move(name)),
      buffer_(std::move(bytes)),
      options_(std::move(options)),
      items_(options_.items),
      function_(&function),
      batch_bytes_(options_.fixed_bytes) {}

Pull XargsTasks::next(Task& task) {
  for (;;) {
    if (failing_) return bad();
    while (auto item = items_.take()) {
      switch (take(std::move(*item))) {
        case Step::go_on: break;
        case Step::hand_out: return hand_out(task);
        case Step::failed: return bad();
      }
    }
    if (ended_) return Pull::end;
    const std::string_view unread = buffer_.unread();
    if (!unread.empty()) {
      for (const char c : unread) items_.add(c);
      buffer_.consume(unread.size());
      continue;
    }
    switch (buffer_.fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::end: items_.finish(); break;
      case ByteSource::Got::blocked: return Pull::blocked;
      case ByteSource::Got::failed:
        error_.message = fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason());
        ended_ = true;
        return Pull::bad;
    }
  }
}

XargsTasks::Step XargsTasks::take(XargsItem&& item) {
  switch (item.kind) {
    case XargsItem::Kind::item: return take_item(std::move(item.text));
    case XargsItem::Kind::end_of_line:
      if (options_.max_lines == 0 || ++lines_ < options_.max_lines) return Step::go_on;
      lines_ = 0;
      return Step::hand_out;
    case XargsItem::Kind::failure: return fail(std::move(item.text));
    case XargsItem::Kind::end: break;
  }
  ended_ = true;
  const bool runs_empty = options_.runs_without_items && !options_.replaces && handed_out_ == 0;
  return !batch_.empty() || runs_empty ? Step::hand_out : Step::go_on;
}

XargsTasks::Step XargsTasks::take_item(std::string&& text) {
  const std::size_t size = size_of(text);
  const bool fits = batch_bytes_ + size <= options_.max_bytes;
  if (!fits && options_.replaces) return fail("the command is longer than the limit of -s");
  if (!fits && batch_.empty()) return fail("cannot fit single argument within argument list size limit");
  if (!fits && is_size_fatal()) {
    batch_.clear();
    return fail("argument list too long");
  }
  if (!fits) {
    waiting_.push_back(std::move(text));
    return Step::hand_out;
  }
  batch_.push_back(std::move(text));
  batch_bytes_ += size;
  const bool full = options_.replaces || (options_.max_args != 0 && batch_.size() >= options_.max_args);
  return full ? Step::hand_out : Step::go_on;
}

bool XargsTasks::is_size_fatal() const noexcept {
  return options_.exits_if_too_long && (options_.max_lines != 0 || options_.max_args != 0);
}

std::size_t XargsTasks::size_of(const std::string& item) const noexcept {
  return options_.replaces ? options_.uses * item.size() : item.size() + 1;
}

// What was gathered before is still run, unless -x asks for all or nothing.
XargsTasks::Step XargsTasks::fail(std::string message) {
  error_.message = "xargs: " + std::move(message);
  ended_ = failing_ = true;
  const bool runs_rest = !batch_.empty() && !options_.replaces && !options_.exits_if_too_long;
  return runs_rest ? Step::hand_out : Step::failed;
}

Pull XargsTasks::bad() {
  failing_ = false;
  return Pull::bad;
}

Pull XargsTasks::hand_out(Task& task) {
  make_call(task, *function_, batch_);
  batch_ = std::exchange(waiting_, {});
  batch_bytes_ = options_.fixed_bytes;
  for (const std::string& item : batch_) batch_bytes_ += size_of(item);
  ++handed_out_;
  return Pull::task;
}

}  // namespace prun
