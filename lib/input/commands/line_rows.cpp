// Lines to rows.
#include "input/commands/line_rows.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace prun {

LineRows::LineRows(std::string name, std::unique_ptr<ByteSource> bytes, const Options& options)
    : name_(std::move(name)),
      separator_(options.separator),
      keeps_empty_lines_(options.separator != '\n' || options.keeps_empty_lines),
      buffer_(std::move(bytes), separator_),
      lines_(buffer_, separator_, LineReader::CarriageReturn::is_text) {}

RowsOrError LineRows::open(const std::string& file, const Options& options) {
  const bool standard_input = file == "-";
  auto bytes = standard_input ? FileBytes::borrow(options.stdin_fd) : FileBytes::open(file);
  const std::string name = standard_input ? "<stdin>" : file;
  if (!bytes) return tl::unexpected(InputError{fmt::format("{} cannot be read: {}", name, bytes.error())});
  return std::make_unique<LineRows>(name, std::make_unique<FileBytes>(std::move(*bytes)), options);
}

Pull LineRows::next(InputRow& row) {
  std::string_view line;
  while (!ended_) {
    switch (lines_.next(line)) {
      case EntryReader::Got::entry:
        if (line.empty() && !keeps_empty_lines_) continue;
        return row_of(line, row);
      case EntryReader::Got::blocked: return Pull::blocked;
      case EntryReader::Got::failed:
        error_.message = fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason());
        ended_ = true;
        return Pull::bad;
      case EntryReader::Got::bad:
      case EntryReader::Got::end: ended_ = true; break;
    }
  }
  return Pull::end;
}

Pull LineRows::row_of(std::string_view line, InputRow& row) {
  const std::size_t nul = separator_ == '\0' ? std::string_view::npos : line.find('\0');
  if (nul != std::string_view::npos) {
    error_.message = buffer_.describe(name_, line.data() + nul,
                                      "the input has a NUL byte, which no argument of a command can have; use -0 for "
                                      "inputs that end with NUL");
    return Pull::bad;
  }
  row.assign(1, std::string(line));
  buffer_.release();
  return Pull::task;
}

}  // namespace prun
