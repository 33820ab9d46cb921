// The parts that observe a run. A new observer is a folder of its own, an option, and one line in run_observers.cpp.
#pragma once

#include "failure_parts.hpp"
#include "logging.hpp"
#include "options.hpp"

#include "cluster/nodes.hpp"
#include "command/command_run.hpp"
#include "event/event_stream.hpp"
#include "history/history.hpp"
#include "history/history_recorder.hpp"
#include "journal/journal.hpp"
#include "output/output_buffer.hpp"
#include "progress/style.hpp"
#include "progress/terminal_screen.hpp"
#include "report/report_file.hpp"
#include "trace/trace_file.hpp"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace prun::app {

class JobsFile;

class RunObservers {
 public:
  /// What observers need. All of it must outlive them.
  struct Surroundings {
    journal::Journal* journal = nullptr;  ///< null: none is kept
    Log* log = nullptr;
    OutputBuffer* out = nullptr;  ///< the run's results
    OutputBuffer* err = nullptr;  ///< where observers write for a person
    std::vector<report::ReportFile>* reports = nullptr;
    std::vector<trace::TraceFile>* traces = nullptr;
    command::CommandSurroundings* commands = nullptr;  ///< are told where something is drawn
    cluster::Nodes* nodes = nullptr;                   ///< other machines; null: none
    JobsFile* jobs = nullptr;                          ///< the number of workers; null: it does not change
  };
  RunObservers(const RunTasks& command, const Surroundings& surroundings);

  [[nodiscard]] const EventStream& events() const noexcept { return events_; }
  /// The exit status of the task that failed first, if that is asked for.
  [[nodiscard]] std::optional<int> first_failure() const noexcept {
    return first_failure_ != nullptr ? first_failure_->status() : std::nullopt;
  }

 private:
  template <typename Part, typename... Arguments>
  Part& add(Arguments&&... arguments) {
    auto part = std::make_unique<Part>(std::forward<Arguments>(arguments)...);
    Part& added = *part;
    events_.add(*owned_.emplace_back(std::move(part)));
    return added;
  }

  /// The record of the run. Parts that read it join behind this call.
  const history::History& record(const RunTasks& command, const Surroundings& around);

  std::unique_ptr<history::History> history_;
  const FirstFailure* first_failure_ = nullptr;
  void add_progress(const RunTasks& command, const ProgressPlan& plan, const Surroundings& around);

  std::optional<TerminalScreen> screen_;        ///< for the progress
  std::optional<OutputBuffer> progress_lines_;  ///< --progress-fd
  std::vector<std::unique_ptr<RunPart>> owned_;
  EventStream events_;
};

}  // namespace prun::app
