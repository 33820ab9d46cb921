// See failure_line.hpp.
#include "output/failure_line.hpp"

#include "event/describe.hpp"
#include "output/value_text.hpp"

#include <string>

namespace prun {

void write_failure_line(const TaskEvent& event, OutputBuffer& err) {
  if (event.failure->kind == FailureKind::interrupted) return;  // the last line of the run says how many were stopped
  if (err.closed()) return;
  std::string& line = err.record();
  append_short_call(line, event);
  line += ": ";
  line += describe(*event.failure, event.attempt);
  line += '\n';
  err.commit();
}

}  // namespace prun
