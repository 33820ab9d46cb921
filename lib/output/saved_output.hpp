// `--files`: keeps what each command writes to standard output in a file of its own below TMPDIR, and prints the name of the file.
// Standard error and failures are printed as ever.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"
#include "output/output_buffer.hpp"

#include <string>

namespace prun {

class SavedOutput final : public Listener {
 public:
  /// @param quiet failures are not told on standard error @param files where large outputs are; null: there are none
  SavedOutput(bool quiet, OutputBuffer& out, OutputBuffer& err, command::SpilledFiles* files)
      : quiet_(quiet), out_(out), err_(err), files_(files) {}

  /// @throws std::system_error if a file cannot be written
  void on_task(const TaskEvent& event) override;

 private:
  [[nodiscard]] std::string save(const command::CommandResult::Output& output) const;
  void copy(const command::CommandResult::Output& output, OutputBuffer& target) const;

  bool quiet_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  command::SpilledFiles* files_;
};

}  // namespace prun
