// Small wrappers round what Linux offers for processes.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>

namespace prun::sys {

/// A descriptor that becomes readable when process `pid` has ended; empty where the system has no pidfd_open(2).
[[nodiscard]] Fd open_pidfd(pid_t pid) noexcept;

/// A child gets `signal` when the thread that forked it ends; ends at once where that parent, `parent`, is gone already.
void die_with_parent(pid_t parent, int signal) noexcept;

/// Sends `signal` to the process group that `leader` leads, or, where it does not lead one yet, to it alone.
void kill_group(pid_t leader, int signal) noexcept;

/// Every signal to its default action, but those ignored; `SIGINT` and `SIGQUIT` ignored, for they go to a terminal's whole
/// process group and are for the master to act on; `SIGTTOU` too, so that workers, whose groups are in the background, may
/// write to the terminal.
void reset_signal_actions() noexcept;
void unblock_signals() noexcept;

/// The process runs: it is there, and is no zombie.
[[nodiscard]] bool is_alive(pid_t pid) noexcept;

/// Returns when `pid` is not alive any more, or after `limit`. @return it has ended
bool wait_until_dead(pid_t pid, std::chrono::milliseconds limit) noexcept;

/// The same for a child of this process, which is not reaped.
bool child_ends_within(pid_t child, std::chrono::milliseconds limit) noexcept;

/// What ps(1) shows as this process's command line becomes `text`, as far as there is room.
void hide_command_line(std::string_view text) noexcept;

/// "signal 9 (SIGKILL)"
[[nodiscard]] std::string signal_text(int signal);

}  // namespace prun::sys
