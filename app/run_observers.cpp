// See run_observers.hpp.
#include "run_observers.hpp"

#include "task_log.hpp"

#include "summary/summary.hpp"

namespace prun::app {

RunObservers::RunObservers(const RunTasks& command, journal::Journal* journal, Log& log, OutputBuffer& err) {
  if (journal != nullptr) events_.add(*journal);
  if (log.wants(LogLevel::warn)) add<TaskLog>(log);
  if (command.summary) add<Summary>(command.run.workers, err);
}

}  // namespace prun::app
