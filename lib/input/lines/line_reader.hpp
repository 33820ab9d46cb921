// The lines of an input, of any length, or the texts between NUL bytes. It does not interpret lines.
#pragma once

#include "input/lines/entry_reader.hpp"
#include "input/lines/read_buffer.hpp"

#include <cstddef>
#include <cstdint>

namespace prun {

class LineReader final : public EntryReader {
 public:
  enum class CarriageReturn : std::uint8_t { ends_line, is_text };

  /// @param buffer must outlive the reader and have the same separator
  explicit LineReader(ReadBuffer& buffer, char separator = '\n',
                      CarriageReturn before_newline = CarriageReturn::ends_line)
      : buffer_(&buffer), separator_(separator), before_newline_(before_newline) {}

  /// Never returns bad. The text does not include the separator, nor a carriage return at the end of a line.
  Got next(std::string_view& text) override;
  [[nodiscard]] const Fault& fault() const override { return none_; }

 private:
  void hand_out(std::size_t size, std::string_view& text);

  ReadBuffer* buffer_;
  char separator_;
  CarriageReturn before_newline_;
  std::size_t searched_ = 0;  // of the unread bytes: they contain no separator
  bool at_end_ = false;
  Fault none_;
};

}  // namespace prun
