// The lines of a file as rows, read incrementally. It does not know their use, except that no argument of a command can
// contain a NUL byte.
#pragma once

#include "input/commands/input_rows.hpp"
#include "input/lines/line_reader.hpp"
#include "input/lines/read_buffer.hpp"

#include <memory>
#include <string>

namespace prun {

class LineRows final : public InputRows {
 public:
  struct Options {
    char separator = '\n';           ///< what an input ends with
    bool keeps_empty_lines = false;  ///< of lines; what ends with another separator is never skipped
    int stdin_fd = 0;                ///< stays its owner's
  };

  LineRows(std::string name, std::unique_ptr<ByteSource> bytes, const Options& options);

  /// @param file `-` is standard input
  [[nodiscard]] static RowsOrError open(const std::string& file, const Options& options);

  /// A line with a NUL byte is bad.
  Pull next(InputRow& row) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  Pull row_of(std::string_view line, InputRow& row);

  std::string name_;
  char separator_;
  bool keeps_empty_lines_;
  ReadBuffer buffer_;
  LineReader lines_;
  bool ended_ = false;
  InputError error_;
};

}  // namespace prun
