// The command lines of a file, each a row: comments and blank lines are skipped, and a line goes on in the next one as in a shell.
#pragma once

#include "input/commands/input_rows.hpp"
#include "input/commands/script_line.hpp"
#include "input/lines/line_reader.hpp"
#include "input/lines/read_buffer.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace prun {

class ScriptLineRows final : public InputRows {
 public:
  ScriptLineRows(std::string name, std::unique_ptr<ByteSource> bytes);

  /// @param file `-` is standard input @param stdin_fd stays its owner's
  [[nodiscard]] static RowsOrError open(const std::string& file, int stdin_fd);

  /// A line with a NUL byte is bad, and so is a quote that is open at the end.
  Pull next(InputRow& row) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  /// Returns true if the command line is complete, and false if it goes on or there is none yet.
  bool add(std::string_view line);
  Pull hand_out(InputRow& row);
  Pull at_end(InputRow& row);
  Pull bad(std::string message);

  std::string name_;
  ReadBuffer buffer_;
  LineReader lines_;
  ScriptLineScanner scanner_;
  std::string script_;  ///< what there is of a command line
  bool goes_on_ = false;
  std::uint64_t line_ = 0;        ///< of the file, from 1
  std::uint64_t quote_line_ = 0;  ///< where the open quote began
  bool ended_ = false;
  InputError error_;
};

}  // namespace prun
