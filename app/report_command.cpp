// See report_command.hpp.
#include "report_command.hpp"

#include "exit_status.hpp"
#include "recorded_history.hpp"

#include "event/printable.hpp"
#include "output/output_buffer.hpp"
#include "report/report_file.hpp"

#include <unistd.h>

#include <filesystem>
#include <string>

namespace prun::app {
namespace {

/// run.db -> run.html
std::string default_path(const std::string& journal) {
  return std::filesystem::path(journal).replace_extension(".html").string();
}

}  // namespace

int write_report(const WriteReport& command) {
  const history::History history = recorded_history(command.journal, command.run);
  const std::string path = command.output.value_or(default_path(command.journal));
  report::ReportFile(path == "-" ? "/dev/stdout" : path).write(history);
  if (path != "-") {
    OutputBuffer err(STDERR_FILENO, "standard error");
    err.write_line(message_line("wrote the report " + path));
    err.flush();
  }
  return all_succeeded;
}

}  // namespace prun::app
