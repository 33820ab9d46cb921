// See run_observers.hpp.
#include "run_observers.hpp"

#include "run_facts.hpp"
#include "task_log.hpp"

#include "report/report_part.hpp"
#include "summary/summary.hpp"

namespace prun::app {

RunObservers::RunObservers(const RunTasks& command, const Surroundings& around) {
  if (around.journal != nullptr) events_.add(*around.journal);
  if (around.log->wants(LogLevel::warn)) add<TaskLog>(*around.log);
  if (command.summary) add<Summary>(command.run.workers, *around.err);
  if (!around.reports->empty())
    add<report::ReportPart>(record(command, history::Detail::everything), *around.reports, *around.err);
  if (command.advises) add<report::AdvicePart>(record(command, history::Detail::durations), *around.err);
}

const history::History& RunObservers::record(const RunTasks& command, history::Detail detail) {
  if (!history_) {
    history_ = std::make_unique<history::History>(facts_of(command));
    add<history::HistoryRecorder>(*history_, detail);
  }
  return *history_;
}

}  // namespace prun::app
