// See run_costs.hpp.
#include "run_costs.hpp"

#include "usage_error.hpp"

#include "journal/journal_file.hpp"
#include "journal/recorded_durations.hpp"

#include <unistd.h>

#include <string>

namespace prun::app {

std::unique_ptr<order::TaskCosts> task_costs(const RunTasks& command) {
  if (command.run.order != order::StartOrder::longest_first) return nullptr;
  const OrderValues& given = command.order;
  if (given.cost) return std::make_unique<order::ExpressionCosts>(*given.cost);
  const bool resumes = command.journal && command.journal->options.resume;
  if (!given.durations && !resumes) {
    throw UsageError(
        "--order longest-first needs durations: --cost EXPR, --durations FILE, or a journal that is resumed");
  }
  const std::string& path = given.durations ? *given.durations : command.journal->options.path;
  // A journal that is to be resumed need not exist yet. Then nothing is known.
  if (!given.durations && ::access(path.c_str(), F_OK) != 0) return nullptr;
  journal::JournalFile file(path, journal::JournalFile::Use::look_at);
  return std::make_unique<journal::RecordedDurations>(file);
}

}  // namespace prun::app
