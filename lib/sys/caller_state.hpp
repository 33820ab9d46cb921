// What prun changes in its process for its own sake, and commands get back as the caller had it: which signals are ignored, how
// many descriptors may be open, and how large a stack may grow. In a process that has not called `change_caller_state` it knows nothing: signals get
// their default actions, and the limits stay.
#pragma once

namespace prun::sys {

/// At the process's start, before there are threads. Writing where nobody reads, or beyond a limit of a file's size, becomes an
/// error of write(2) instead of a signal; and as many descriptors may be open as the system allows the caller.
void change_caller_state() noexcept;

/// For a process that calls functions, or is about to run a program: a program that uses select(2) breaks where descriptors
/// have large numbers. Async-signal-safe.
void restore_file_limit() noexcept;

/// For a process that is about to run a program. Async-signal-safe.
void restore_caller_state() noexcept;

/// For one that is about to run a program for somebody else: the limit of the stack, which workers raise for the functions that
/// they call. Async-signal-safe.
void restore_stack_limit() noexcept;
/// This process's limit of the stack was asked for: programs get it too.
void keep_stack_limit() noexcept;

}  // namespace prun::sys
