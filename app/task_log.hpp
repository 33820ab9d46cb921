// A listener that passes each task on to the output and writes it to the log: every task at level debug, those that
// failed as warnings. It does not decide what is printed.
#pragma once

#include "logging.hpp"

#include "event/task_event.hpp"

namespace prun::app {

class TaskLog final : public Listener {
 public:
  /// Both must outlive it.
  TaskLog(Listener& output, Log& log) noexcept : output_(&output), log_(&log) {}

  void on_task(const TaskEvent& event) override;
  void on_end() override { output_->on_end(); }

 private:
  Listener* output_;
  Log* log_;
};

}  // namespace prun::app
