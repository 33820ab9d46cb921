// See sem_command.hpp.
#include "sem/sem_command.hpp"

#include "exit_status.hpp"
#include "sem/semaphore.hpp"

#include "command/child_process.hpp"
#include "command/shell_syntax.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <vector>

namespace prun::app {
namespace {

void say(std::string_view text) { fmt::print(stderr, "prun: sem: {}\n", text); }

void do_nothing(int) {}

/// Ctrl-C is for the command, which has the terminal too. A handler, unlike SIG_IGN, is not passed on to it.
void leave_keys_to_command() {
  struct sigaction action {};
  action.sa_handler = do_nothing;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGQUIT, &action, nullptr);
}

/// `prun sem echo a ';' echo b`: GNU sem joins the words to a script.
void warn_of_operator(const std::vector<std::string>& words) {
  if (words.size() < 2) return;
  if (const auto found = command::shell_operator_among(words)) {
    say(fmt::format("warning: '{}' is an argument of {}; for the shell to read it, write the whole command in quotes",
                    *found, words[0]));
  }
}

/// Runs the command to its end. @return its exit status, as a shell says it
int run_to_end(const std::vector<std::string>& words) {
  const std::vector<std::string> arguments =
      words.size() == 1 ? std::vector<std::string>{"/bin/sh", "-c", words.front()} : words;
  try {
    command::ChildProcess child({command::find_program(arguments.front()), arguments});
    const int status = child.wait().status;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  } catch (const std::system_error& error) {
    say(fmt::format("{} cannot be started: {}", arguments.front(), error.what()));
    return error.code().value() == ENOENT ? 127 : 126;
  }
}

}  // namespace

int run_sem(const RunSem& sem) {
  warn_of_operator(sem.command);
  Semaphore semaphore(sem.id);
  if (sem.wait) {
    semaphore.wait_until_unused();
    return all_succeeded;
  }
  const auto until = sem.limit ? std::optional(Semaphore::Clock::now() + *sem.limit) : std::nullopt;
  const auto place = semaphore.take(sem.jobs, until);
  if (!place) {
    say(fmt::format("the semaphore {} was not free in time{}", sem.id,
                    sem.runs_at_limit ? "; the command runs anyway" : ""));
    if (!sem.runs_at_limit) return some_task_failed;
  }
  if (!sem.background) {
    leave_keys_to_command();
    return run_to_end(sem.command);
  }
  const pid_t child = sys::checked(::fork(), "fork");
  if (child != 0) return all_succeeded;
  ::_exit(run_to_end(sem.command));  // which gives the place back
}

}  // namespace prun::app
