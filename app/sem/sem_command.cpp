// See sem_command.hpp.
#include "sem/sem_command.hpp"

#include "exit_status.hpp"
#include "sem/semaphore.hpp"

#include "command/child_process.hpp"
#include "command/shell_syntax.hpp"
#include "sys/error.hpp"
#include "sys/process_tree.hpp"

#include <fmt/format.h>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <system_error>
#include <vector>

namespace prun::app {
namespace {

void say(std::string_view text) { fmt::print(stderr, "prun: sem: {}\n", text); }

constexpr std::array passed_on{SIGTERM, SIGHUP, SIGUSR1, SIGUSR2};

std::atomic<std::uint64_t> early{0};  ///< the signals, a bit for each, that came before prun waited for the command
static_assert(std::atomic<std::uint64_t>::is_always_lock_free);

constexpr std::uint64_t bit_of(int signal) { return std::uint64_t{1} << signal; }

void do_nothing(int) {}

void note(int signal) { early.fetch_or(bit_of(signal)); }

bool is_ignored(int signal) {
  struct sigaction present {};
  ::sigaction(signal, nullptr, &present);
  return present.sa_handler == SIG_IGN;
}

/// A handler, unlike SIG_IGN, is not inherited by the command. What is ignored stays ignored (`nohup`).
void handle(int signal, void (*handler)(int)) {
  if (is_ignored(signal)) return;
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  ::sigaction(signal, &action, nullptr);
}

/// Signals end the command, not prun, which exits with the status of the command. Ctrl-C reaches the command through the terminal.
void leave_signals_to_command() {
  for (const int signal : {SIGINT, SIGQUIT}) handle(signal, do_nothing);
  for (const int signal : passed_on) handle(signal, note);
  ::signal(SIGCHLD, SIG_DFL);  // where it is ignored, nobody learns how the command ended
}

/// `prun sem echo a ';' echo b`: GNU sem joins the words to a script.
void warn_of_operator(const std::vector<std::string>& words) {
  if (words.size() < 2) return;
  if (const auto found = command::shell_operator_among(words)) {
    say(fmt::format("warning: '{}' is an argument of {}; for the shell to read it, write the whole command in quotes",
                    *found, words[0]));
  }
}

/// A request to end also reaches what the command has started: a shell would leave that behind.
void pass_on(int signal, pid_t command) {
  std::vector<pid_t> receivers{command};
  if (signal == SIGTERM || signal == SIGHUP) {
    for (const pid_t pid : sys::descendants_of(command)) receivers.push_back(pid);
  }
  for (const pid_t pid : receivers) ::kill(pid, signal);
}

/// Waits for the command, and passes signals on to it meanwhile.
int wait_for(command::ChildProcess& child) {
  sigset_t awaited;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD);
  for (const int signal : passed_on) {
    if (!is_ignored(signal)) sigaddset(&awaited, signal);
  }
  ::sigprocmask(SIG_BLOCK, &awaited, nullptr);
  const std::uint64_t came = early.load();
  for (const int signal : passed_on) {
    if ((came & bit_of(signal)) != 0) pass_on(signal, child.pid());
  }
  while (!child.news().ended) {
    const int signal = ::sigwaitinfo(&awaited, nullptr);
    if (signal > 0 && signal != SIGCHLD) pass_on(signal, child.pid());
  }
  return child.wait().status;
}

/// Runs the command to its end. If it exits, its place is free, whatever it has left in the background. If a signal ends it, what it
/// was doing may continue in its children, so the place stays theirs.
/// @return its exit status, as a shell says it
int run_to_end(const std::vector<std::string>& words, std::optional<Semaphore::Place>& place) {
  const std::vector<std::string> arguments =
      words.size() == 1 ? std::vector<std::string>{"/bin/sh", "-c", "--", words.front()} : words;
  try {
    leave_signals_to_command();
    command::ChildProcess child({command::find_program(arguments.front()), arguments});
    const int status = wait_for(child);
    if (WIFSIGNALED(status)) return 128 + WTERMSIG(status);
    if (place) place->give_back();
    return WEXITSTATUS(status);
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
  auto place = semaphore.take(sem.jobs, until);
  if (!place) {
    say(fmt::format("the semaphore {} was not free in time{}", sem.id,
                    sem.runs_at_limit ? "; the command runs anyway" : ""));
    if (!sem.runs_at_limit) return some_task_failed;
  }
  if (!sem.background) return run_to_end(sem.command, place);
  const pid_t child = sys::checked(::fork(), "fork");
  if (child != 0) return all_succeeded;
  ::_exit(run_to_end(sem.command, place));
}

}  // namespace prun::app
