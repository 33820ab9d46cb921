// Prints each command as a row of a table, after a header row: index, a column for each input, exit, signal, stdout, stderr, error,
// started, duration, worker, attempt. The dialects are those of delimited_fields.hpp.
//
// The number of columns for inputs is that of the first row. A row with more inputs has the rest in the last of them, separated by
// spaces. Outputs are complete. `exit` is empty if the command has no exit status.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"
#include "output/delimited_fields.hpp"
#include "output/output_buffer.hpp"
#include "output/time_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun {

class CommandTable final : public Listener {
 public:
  /// What becomes of large outputs that wait in files.
  enum class Files : std::uint8_t {
    used_up,  ///< nobody else needs them
    kept,
  };

  /// @param names of the columns for inputs; empty: arg1, arg2, ...
  /// @param spilled the outputs that were too large for memory; null: there are none
  CommandTable(Dialect dialect, std::vector<std::string> names, OutputBuffer& out, command::SpilledFiles* spilled,
               Files files)
      : dialect_(dialect), names_(std::move(names)), out_(out), spilled_(spilled), files_(files) {}

  void on_task(const TaskEvent& event) override;
  void on_end() override;

 private:
  void write_names();
  void add(std::string_view field);
  void add_inputs(const TaskEvent& event);
  void add_status(const Failure* failure);
  void add_output(const command::CommandResult::Output& output);
  void add_times(const TaskEvent& event);
  void end_row();

  Dialect dialect_;
  std::vector<std::string> names_;
  OutputBuffer& out_;
  command::SpilledFiles* spilled_;
  Files files_;
  bool named_ = false;  ///< the header row has been printed
  std::string row_;
  std::string scratch_;
  UtcTime time_;
};

}  // namespace prun
