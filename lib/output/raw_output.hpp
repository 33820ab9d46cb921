// Prints the output of commands byte for byte, each as one block: standard output to standard output, standard error to
// standard error. Any other result is printed as a line of plain text.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"
#include "output/failure_line.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"

#include <optional>
#include <string>

namespace prun {

class RawOutput final : public Listener {
 public:
  /// @param files the outputs that were too large for memory; null: there are none
  RawOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err, command::SpilledFiles* files);

  void on_task(const TaskEvent& event) override;

 private:
  void note_own_output(const TaskEvent& event, const command::CommandResult::Output& rest);
  void write(const command::CommandResult::Output& output, const std::string& tag, OutputBuffer& target);

  std::optional<command::Tag> tag_;
  FailureLines failures_;
  const command::OutputTurn* turn_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  command::SpilledFiles* files_;
};

}  // namespace prun
