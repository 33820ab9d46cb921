// Decides where blocks are cut.
#include "input/commands/pipe_tasks.hpp"

#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace prun {

Pull PipeTasks::next(Task& task) {
  while (!ended_) {
    const std::string_view unread = buffer_.unread();
    if (unread.size() >= block_) {
      // The last record that ends in the block; if none does, the first that ends at all.
      auto end = unread.substr(0, block_).rfind(separator_);
      if (end == std::string_view::npos) end = unread.find(separator_, std::max(block_, searched_));
      if (end != std::string_view::npos) return hand_out(task, end + 1);
      searched_ = unread.size();
    }
    switch (buffer_.fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::blocked: return Pull::blocked;
      case ByteSource::Got::failed:
        error_.message = fmt::format("<stdin>: cannot be read: {}", buffer_.bytes().reason());
        ended_ = true;
        buffer_.consume(buffer_.unread().size());
        return Pull::bad;
      case ByteSource::Got::end: ended_ = true; break;
    }
  }
  const std::size_t rest = buffer_.unread().size();
  if (rest == 0) return Pull::end;
  const auto cut = rest > block_ ? buffer_.unread().substr(0, block_).rfind(separator_) : std::string_view::npos;
  return hand_out(task, cut == std::string_view::npos ? rest : cut + 1);
}

Pull PipeTasks::hand_out(Task& task, std::size_t size) {
  task.function = function_;
  task.id.clear();
  task.defect.clear();
  task.args.clear();
  task.kwargs.clear();
  wire::ValueWriter(task.args).array(0);
  wire::ValueWriter keywords(task.kwargs);
  keywords.map(1);
  keywords.string("stdin");
  keywords.string(buffer_.unread().substr(0, size));
  buffer_.consume(size);
  buffer_.release();
  searched_ = 0;
  return Pull::task;
}

}  // namespace prun
