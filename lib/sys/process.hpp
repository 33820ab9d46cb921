// Small wrappers for system calls about processes.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

namespace prun::sys {

/// A descriptor that becomes readable when process `pid` exits; empty if the system has no pidfd_open(2).
[[nodiscard]] Fd open_pidfd(pid_t pid) noexcept;

/// In a child: receives `signal` when the thread that forked it exits. Exits now if its parent, `parent`, is gone already.
void die_with_parent(pid_t parent, int signal) noexcept;

/// Sends `signal` to the process group of `leader`, or only to `leader` if it does not lead a group yet.
void kill_group(pid_t leader, int signal) noexcept;

/// Resets every signal to its default action, except those ignored. Ignores `SIGINT` and `SIGQUIT`, which a terminal sends
/// to the whole process group and which the master handles. Ignores `SIGTTOU`, so that workers, whose groups are in the
/// background, may write to the terminal.
void reset_signal_actions() noexcept;
void unblock_signals() noexcept;

/// Returns true if the process exists and is not a zombie.
[[nodiscard]] bool is_alive(pid_t pid) noexcept;

/// Waits until `pid` is not alive, at most `limit`. @return true if it has ended
bool wait_until_dead(pid_t pid, std::chrono::milliseconds limit) noexcept;

/// The same for a child of this process, without reaping it.
bool child_ends_within(pid_t child, std::chrono::milliseconds limit) noexcept;

/// Replaces the command line of this process that ps(1) shows by `text`, as far as there is room.
void hide_command_line(std::string_view text) noexcept;

/// "signal 9 (SIGKILL)"
[[nodiscard]] std::string signal_text(int signal);

}  // namespace prun::sys
