// The process state that prun changes for itself and that commands get back as the caller had it: ignored signals, the limit
// of open descriptors, and the stack limit. In a process that has not called `change_caller_state`, signals get their
// default actions and the limits stay.
#pragma once

namespace prun::sys {

/// Call it at the start of the process, before there are threads. Writing to a closed pipe, or beyond a file size limit,
/// becomes an error of write(2) instead of a signal. The limit of open descriptors is raised to the hard limit.
void change_caller_state() noexcept;

/// For a process that calls functions or is about to run a program: programs that use select(2) fail with large descriptor
/// numbers. Async-signal-safe.
void restore_file_limit() noexcept;

/// For a process that is about to run a program. Async-signal-safe.
void restore_caller_state() noexcept;

/// For a process that is about to run a program for the user: restores the stack limit, which workers raise for the
/// functions that they call. Async-signal-safe.
void restore_stack_limit() noexcept;
/// The user asked for this process's stack limit: programs get it too.
void keep_stack_limit() noexcept;

}  // namespace prun::sys
