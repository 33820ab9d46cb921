#include "trace_command.hpp"

#include "exit_status.hpp"
#include "recorded_history.hpp"

#include "event/printable.hpp"
#include "output/output_buffer.hpp"
#include "trace/trace_file.hpp"

#include <unistd.h>

namespace prun::app {

int write_trace(const WriteTrace& command) {
  const history::History history = recorded_history(command.journal, command.run);
  const bool printed = command.output == "-";
  trace::TraceFile(printed ? "/dev/stdout" : command.output).write(history);
  if (!printed) {
    OutputBuffer err(STDERR_FILENO, "standard error");
    err.write_line(message_line("wrote the trace " + command.output));
    err.flush();
  }
  return all_succeeded;
}

}  // namespace prun::app
