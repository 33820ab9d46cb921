// `--files`: keeps what each command writes to standard output in a file of its own below TMPDIR, and prints the name of the file.
// Standard error and failures are printed as ever.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"
#include "output/failure_line.hpp"
#include "output/output_buffer.hpp"

#include <string>

namespace prun {

class SavedOutput final : public Listener {
 public:
  /// @param files where large outputs are; null: there are none
  SavedOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err, command::SpilledFiles* files)
      : failures_(options), out_(out), err_(err), files_(files) {}

  /// @throws std::system_error if a file cannot be written
  void on_task(const TaskEvent& event) override;

 private:
  [[nodiscard]] std::string save(const command::CommandResult::Output& output) const;
  void copy(const command::CommandResult::Output& output, OutputBuffer& target) const;

  FailureLines failures_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  command::SpilledFiles* files_;
};

}  // namespace prun
