// The prun command: from a command line to an exit status. All that it does is done elsewhere.
#include "agent_command.hpp"
#include "exit_status.hpp"
#include "functions_command.hpp"
#include "help/topic_command.hpp"
#include "journal_command.hpp"
#include "new_command.hpp"
#include "options.hpp"
#include "report_command.hpp"
#include "retry_command.hpp"
#include "run_command.hpp"
#include "sem/sem_command.hpp"
#include "standard_streams.hpp"
#include "trace_command.hpp"
#include "usage_error.hpp"
#include "xargs/xargs_command.hpp"

#include "event/printable.hpp"
#include "journal/journal_error.hpp"
#include "output/output_buffer.hpp"
#include "sys/interrupts.hpp"
#include "sys/process_limit.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string_view>

namespace {

using namespace prun::app;  // NOLINT(google-build-using-namespace): this file is the application

struct Execute {
  int operator()(const PrintText& command) const {
    prun::OutputBuffer out(STDOUT_FILENO, "standard output");
    out.write(command.text);
    out.flush();
    return all_succeeded;
  }
  int operator()(const ListFunctions& command) const { return list_functions(command); }
  int operator()(const ExplainTopic& command) const { return explain_topic(command); }
  int operator()(const NewProject& command) const { return new_project(command); }
  int operator()(const ShowJournal& command) const { return show_journal(command); }
  int operator()(const WriteReport& command) const { return write_report(command); }
  int operator()(const WriteTrace& command) const { return write_trace(command); }
  int operator()(const RetryRun& command) const { return retry(command); }
  int operator()(const RunSem& command) const { return run_sem(command); }
  int operator()(const RunXargs& command) const { return run_xargs(command); }
  int operator()(const ServeHead&) const { return run_agent(); }
  int operator()(const RunTasks& command) const { return run_tasks(command); }
};

/// POSIX says 1 for xargs.
int status_of_wrong_usage(int argc, const char* const* argv) {
  return argc > 1 && std::string_view(argv[1]) == "xargs" ? 1 : usage_or_bad_input;
}

}  // namespace

int main(int argc, char** argv) {
  prun::sys::tolerate_early_requests();
  prepare_standard_streams();
  try {
    const int status = std::visit(Execute{}, parse_command_line(argc, argv));
    close_standard_output();
    // Everything is written and every worker gone, or, where a thread is still in an interrupted task, not to be waited for.
    std::_Exit(status);
  } catch (const UsageError& e) {
    complain(prun::message_line(e.what()) + fmt::format("try '{}'\n", e.help_command()));
    return status_of_wrong_usage(argc, argv);
  } catch (const prun::journal::JournalError& e) {
    complain(prun::message_line(e.what()));
    return usage_or_bad_input;
  } catch (const std::exception& e) {
    complain(prun::message_line(prun::sys::text_with_advice(e)));
    return prun_failed;
  }
}
