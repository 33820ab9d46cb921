// The exceptions that prun itself throws. TaskError describes how the exceptions of tasks are rethrown.
#pragma once

#include <prun/outcome.hpp>

#include <stdexcept>
#include <string>

namespace prun {

/// The timeout of a wait, a map or a task was reached.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call was cancelled before it ran.
class CancelledError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument cannot be serialized, or cannot be converted to the function's parameter.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A result cannot be serialized or deserialized.
class SerializationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The pool can run no more calls, because its initializer failed. Like Python's BrokenProcessPool.
class BrokenPoolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The state of the object does not allow this call: map() after close(), join() before close().
class MisuseError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// Every exception that comes from a task has this as a second base class: catch it to see the whole failure. It is not a
/// std::exception, so it can be combined with any of them.
class TaskFailure {
 public:
  explicit TaskFailure(Failure failure) : failure_(std::move(failure)) {}
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }

 protected:
  ~TaskFailure() = default;

 private:
  Failure failure_;
};

/// The exception of a task whose type the calling process cannot create. `what()` is "type: message".
///
/// An exception of a task is rethrown, always with TaskFailure as a second base:
/// - Types of the standard library: as themselves. std::invalid_argument, std::system_error with its code,
///   filesystem_error with its paths, bad_optional_access, ... The nested exception (std::throw_with_nested) is included.
/// - A type that is registered (prun/exception.hpp): as itself.
/// - Any other type: as the nearest standard type that it derives from, so that `catch (const std::logic_error&)` works,
///   with what() "type: message". If that is std::runtime_error or std::exception, or if there is none, as a TaskError.
class TaskError : public std::runtime_error, public TaskFailure {
 public:
  explicit TaskError(const Failure& failure)
      : std::runtime_error(failure.type + ": " + failure.message), TaskFailure(failure) {}
};

/// The worker that ran the call died. The message names the signal or the exit status, and the process.
class WorkerLostError : public std::runtime_error, public TaskFailure {
 public:
  explicit WorkerLostError(const Failure& failure) : std::runtime_error(failure.message), TaskFailure(failure) {}
};

/// Throws the exception for `failure`: the standard exception of its type, TaskError, WorkerLostError, TimeoutError, ...
[[noreturn]] void throw_failure(const Failure& failure);

}  // namespace prun
