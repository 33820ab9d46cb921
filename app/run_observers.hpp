// The parts that observe a run. A new observer is a folder of its own, an option, and one line in run_observers.cpp.
#pragma once

#include "logging.hpp"
#include "options.hpp"

#include "event/event_stream.hpp"
#include "history/history.hpp"
#include "history/history_recorder.hpp"
#include "journal/journal.hpp"
#include "output/output_buffer.hpp"
#include "report/report_file.hpp"

#include <memory>
#include <vector>

namespace prun::app {

class RunObservers {
 public:
  /// What observers need. All of it must outlive them.
  struct Surroundings {
    journal::Journal* journal = nullptr;  ///< null: none is kept
    Log* log = nullptr;
    OutputBuffer* err = nullptr;  ///< where observers write for a person
    std::vector<report::ReportFile>* reports = nullptr;
  };
  RunObservers(const RunTasks& command, const Surroundings& surroundings);

  [[nodiscard]] const EventStream& events() const noexcept { return events_; }

 private:
  template <typename Part, typename... Arguments>
  void add(Arguments&&... arguments) {
    events_.add(*owned_.emplace_back(std::make_unique<Part>(std::forward<Arguments>(arguments)...)));
  }

  /// The record of the run. Parts that read it join behind this call.
  const history::History& record(const RunTasks& command, history::Detail detail);

  std::unique_ptr<history::History> history_;
  std::vector<std::unique_ptr<RunPart>> owned_;
  EventStream events_;
};

}  // namespace prun::app
