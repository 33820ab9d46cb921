#include "input/commands/script_line_rows.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace prun {

ScriptLineRows::ScriptLineRows(std::string name, std::unique_ptr<ByteSource> bytes)
    : name_(std::move(name)), buffer_(std::move(bytes)), lines_(buffer_) {}

RowsOrError ScriptLineRows::open(const std::string& file, int stdin_fd) {
  const bool standard_input = file == "-";
  auto bytes = standard_input ? FileBytes::borrow(stdin_fd) : FileBytes::open(file);
  const std::string name = standard_input ? "<stdin>" : file;
  if (!bytes) return tl::unexpected(InputError{fmt::format("{} cannot be read: {}", name, bytes.error())});
  return std::make_unique<ScriptLineRows>(name, std::make_unique<FileBytes>(std::move(*bytes)));
}

Pull ScriptLineRows::next(InputRow& row) {
  std::string_view line;
  while (!ended_) {
    switch (lines_.next(line)) {
      case EntryReader::Got::entry:
        ++line_;
        if (line.find('\0') != std::string_view::npos) {
          return bad(
              fmt::format("{}:{}: the command line has a NUL byte; use -0 for lines that end with NUL", name_, line_));
        }
        if (add(line)) return hand_out(row);
        buffer_.release();
        break;
      case EntryReader::Got::blocked: return Pull::blocked;
      case EntryReader::Got::failed:
        ended_ = true;
        return bad(fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason()));
      case EntryReader::Got::bad:
      case EntryReader::Got::end: ended_ = true; return at_end(row);
    }
  }
  return Pull::end;
}

bool ScriptLineRows::add(std::string_view line) {
  if (!goes_on_ && is_blank_or_comment(line)) return false;
  if (goes_on_) script_ += '\n';
  script_ += line;
  const bool was_quoted = scanner_.quote() != '\0';
  const auto end = scanner_.add(line);
  if (end == ScriptLineScanner::End::quote && !was_quoted) quote_line_ = line_;
  goes_on_ = end != ScriptLineScanner::End::complete;
  return !goes_on_;
}

Pull ScriptLineRows::hand_out(InputRow& row) {
  row.assign(1, std::exchange(script_, {}));
  buffer_.release();
  return Pull::task;
}

Pull ScriptLineRows::at_end(InputRow& row) {
  if (!goes_on_) return Pull::end;
  goes_on_ = false;
  if (scanner_.quote() == '\0') return hand_out(row);
  return bad(fmt::format("{}:{}: the quote {} is not closed before the end of the input", name_, quote_line_,
                         scanner_.quote()));
}

Pull ScriptLineRows::bad(std::string message) {
  error_.message = std::move(message);
  return Pull::bad;
}

}  // namespace prun
