// Converts the results of commands for an output that shows results as values. It reads large outputs from their files, and
// encodes bytes that are not text in Base64. For outputs with one line per task it keeps only the command's standard output,
// also if the command failed, and prints its standard error to prun's.
#pragma once

#include "command/spilled_files.hpp"
#include "event/task_event.hpp"
#include "output/output_buffer.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace prun {

class ReadableCommands final : public Listener {
 public:
  enum class Form : std::uint8_t { object, text };
  /// @param out the buffer that `output` writes to
  ReadableCommands(std::unique_ptr<Listener> output, Form form, OutputBuffer& out, OutputBuffer& err,
                   command::SpilledFiles* files)
      : output_(std::move(output)), form_(form), out_(out), err_(err), files_(files) {}

  void on_task(const TaskEvent& event) override;
  void on_end() override { output_->on_end(); }

 private:
  void make_text(std::string_view value);
  void pass_standard_error(std::string_view value);

  std::unique_ptr<Listener> output_;
  Form form_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  command::SpilledFiles* files_;
  std::string buffer_;
  std::string text_;
};

}  // namespace prun
