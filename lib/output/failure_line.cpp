// See failure_line.hpp.
#include "output/failure_line.hpp"

#include "event/describe.hpp"
#include "output/value_text.hpp"

#include <string>

namespace prun {

void FailureLines::write(const TaskEvent& event, OutputBuffer& err, OutputBuffer& behind) const {
  if (event.failure == nullptr || quiet_) return;
  err.follow(behind);
  if (event.failure->kind == FailureKind::interrupted) return;  // the last line of the run says how many were stopped
  if (err.closed()) return;
  err.begin_line();
  std::string& line = err.record();
  if (red_) line += "\x1b[31m";
  append_short_call(line, event);
  line += ": ";
  line += describe(*event.failure, event.attempt, event.host);
  if (red_) line += "\x1b[0m";
  line += '\n';
  err.commit();
}

}  // namespace prun
