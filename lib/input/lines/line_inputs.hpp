// Lines of an input, each one input of one function: `-` as an INPUT. It does not know the other words.
#pragma once

#include "input/lines/line_reader.hpp"
#include "input/lines/read_buffer.hpp"
#include "input/task_source.hpp"
#include "input/words/arguments.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace prun {

/// A line is a value as in input_value.hpp: JSON or otherwise a string, never a range or product. Blank lines are skipped.
/// With NUL as the separator nothing is skipped: an empty text is an empty string.
class LineInputs final : public TaskSource {
 public:
  /// @param name name of the input for messages
  LineInputs(std::string name, std::unique_ptr<ByteSource> bytes, const Arguments& arguments, bool null_separated);

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  Pull parse(std::string_view line, Task& task);
  Pull bad(const char* at, std::string_view message);

  std::string name_;
  Arguments arguments_;
  bool null_separated_;
  ReadBuffer buffer_;
  LineReader lines_;
  bool ended_ = false;
  InputError error_;
};

}  // namespace prun
