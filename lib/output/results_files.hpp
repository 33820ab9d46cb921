// `--results` with placeholders: saves the output of each command in files that a template names, as GNU parallel does, and passes
// every event on: NAME is standard output, NAME.err standard error, and NAME.seq the number of the task.
//
// Results stay below the folder that the text before the first placeholder names, or else below the current folder: an absolute
// input is placed below it, and `..` of an input is written `\..`. An empty name is written `\`, and `.` is written `\.`.
//
// If another task of the run has the same name, the name of the later one gets \~N at its end, where N is the task's number.
#pragma once

#include "command/command_result.hpp"
#include "command/command_template.hpp"
#include "event/task_event.hpp"

#include <filesystem>
#include <string>
#include <unordered_set>
#include <utility>

namespace prun {

class ResultsFiles final : public Listener {
 public:
  /// @param name a template of one word, without placeholders for the worker or for the number of all tasks
  ResultsFiles(command::CommandTemplate name, Listener& next, command::SpilledFiles* files)
      : name_(std::move(name)), next_(&next), files_(files) {}

  /// @throws std::system_error if a file cannot be written
  void on_task(const TaskEvent& event) override;
  void on_end() override { next_->on_end(); }

 private:
  [[nodiscard]] std::string name_of(const TaskEvent& event);

  command::CommandTemplate name_;
  std::unordered_set<std::string> taken_;
  Listener* next_;
  command::SpilledFiles* files_;
};

}  // namespace prun
