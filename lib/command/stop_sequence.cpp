#include "command/stop_sequence.hpp"

#include "command/child_process.hpp"
#include "command/kept_shell.hpp"
#include "sys/error.hpp"
#include "sys/process.hpp"
#include "sys/process_tree.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

namespace prun::command {
namespace {

constexpr std::chrono::seconds longest_dying{1};

bool has_children() noexcept {
  siginfo_t none{};
  return ::waitid(P_ALL, 0, &none, WEXITED | WNOHANG | WNOWAIT) == 0 || errno != ECHILD;
}

}  // namespace

// Usually a call that directly follows another one has no children to look for, which is known without /proc, or only a kept shell.
StopSequence::StopSequence(const Stopping& stopping) : stopping_(&stopping), all_below_(stopping.own_process) {
  if (!all_below_ || !has_children()) return;
  if (const pid_t shell = KeptShell::pid_of_this_worker(); shell > 0) {  // it never has children
    left_behind_ = sys::children_of(::getpid());
    if (std::ranges::all_of(left_behind_, [shell](pid_t pid) { return pid == shell; })) return;
  }
  reap_adopted();
  left_behind_ = sys::descendants_of(::getpid());
}

// If other calls share the process, orphans of this program cannot be distinguished from theirs, so it records them before.
std::vector<pid_t> StopSequence::others() {
  std::vector<pid_t> pids = sys::descendants_of(all_below_ ? ::getpid() : leader_);
  std::erase_if(
      pids, [this](pid_t pid) { return pid == leader_ || std::ranges::find(left_behind_, pid) != left_behind_.end(); });
  if (all_below_) return pids;
  for (const pid_t pid : seen_) {
    if (std::ranges::find(pids, pid) == pids.end() && sys::is_alive(pid)) pids.push_back(pid);
  }
  seen_ = pids;
  return pids;
}

// Signals the whole group at once, so that no member sees another one die first, then each process that has left the group.
void StopSequence::send(int signal) {
  const std::vector<pid_t> all = others();
  ::kill(-leader_, signal);
  for (const pid_t pid : all) {
    if (::getpgid(pid) != leader_) ::kill(pid, signal);
  }
}

void StopSequence::begin(Reason reason, int signal) {
  if (begun()) return;
  reason_ = reason;
  kill_at_ = Clock::now() + stopping_->grace;
  if (stopping_->grace.count() > 0) {
    send(signal);
    send(SIGCONT);  // a stopped process does not handle the other signal
  }
  advance();
}

void StopSequence::hurry() {
  if (!begun() || killed_) return;
  kill_at_ = Clock::now();
  advance();
}

void StopSequence::advance() {
  if (!begun() || Clock::now() < kill_at_) return;
  if (!killed_) give_up_at_ = kill_at_ + longest_dying;
  killed_ = true;
  send(SIGKILL);
  kill_at_ = Clock::now() + std::chrono::milliseconds(5);  // for processes that are being forked meanwhile
}

std::optional<StopSequence::Clock::time_point> StopSequence::next() const noexcept {
  return begun() ? std::optional(kill_at_) : std::nullopt;
}

bool StopSequence::others_are_gone() {
  bool left = false;
  for (const pid_t pid : others()) {
    left = sys::retry_interrupted([pid] { return ::waitpid(pid, nullptr, WNOHANG); }) != pid || left;
  }
  return !left || (killed_ && Clock::now() >= give_up_at_);
}

}  // namespace prun::command
