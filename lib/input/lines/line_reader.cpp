// Finds the ends of lines. Bytes without a separator are searched only once, even if they arrive in small pieces.
#include "input/lines/line_reader.hpp"

namespace prun {

EntryReader::Got LineReader::next(std::string_view& text) {
  while (true) {
    const std::string_view unread = buffer_->unread();
    const std::size_t size = unread.find(separator_, searched_);
    if (size != std::string_view::npos) {
      hand_out(size, text);
      buffer_->consume(1);
      return Got::entry;
    }
    searched_ = unread.size();
    if (at_end_) {
      if (unread.empty()) return Got::end;
      hand_out(unread.size(), text);
      return Got::entry;
    }
    switch (buffer_->fill()) {
      case ByteSource::Got::bytes: break;
      case ByteSource::Got::blocked: return Got::blocked;
      case ByteSource::Got::failed: return Got::failed;
      case ByteSource::Got::end: at_end_ = true; break;
    }
  }
}

void LineReader::hand_out(std::size_t size, std::string_view& text) {
  const std::size_t unread = buffer_->unread().size();
  if (separator_ == '\n' && buffer_->skip_byte_order_mark(true)) size -= unread - buffer_->unread().size();
  text = buffer_->unread().substr(0, size);
  const bool drops = separator_ == '\n' && before_newline_ == CarriageReturn::ends_line;
  if (drops && text.ends_with('\r')) text.remove_suffix(1);
  buffer_->consume(size);
  searched_ = 0;
}

}  // namespace prun
