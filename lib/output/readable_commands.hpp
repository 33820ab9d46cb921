// Stands before an output that shows results as values, and gives it those of commands in a form that it can show: large
// outputs read from their files, bytes that are no text in base64, or, for outputs of one line a task, the text alone that
// the command wrote, also before it failed; what it wrote to standard error goes to prun's then.
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
  /// @param out where `output` writes
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
