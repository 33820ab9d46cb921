// Every exception that prun's interface throws of its own. What a task threw comes back as described at TaskFailure.
#pragma once

#include <prun/outcome.hpp>

#include <stdexcept>
#include <string>

namespace prun {

/// A result was not there in time, or a map's or a task's time ran out.
class TimeoutError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The call was withdrawn before it ran.
class CancelledError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// An argument cannot be turned into bytes, or not back into what the function takes.
class ArgumentError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A result cannot be turned into bytes, or not back.
class SerializationError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The pool cannot run anything any more: its initializer failed. As Python's BrokenProcessPool.
class BrokenPoolError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A call that the state of the object forbids: map() after close(), get() of a negative time.
class MisuseError : public std::logic_error {
 public:
  using std::logic_error::logic_error;
};

/// What an exception that comes from a task carries beside its C++ type: catch this to see the whole failure.
/// Not itself a std::exception, so that it can stand beside any of them as a base.
class TaskFailure {
 public:
  explicit TaskFailure(Failure failure) : failure_(std::move(failure)) {}
  [[nodiscard]] const Failure& failure() const noexcept { return failure_; }

 protected:
  ~TaskFailure() = default;

 private:
  Failure failure_;
};

/// A task's exception of a type that the caller's process cannot make anew: `what()` is "type: message".
///
/// How a task's exception comes back, always with TaskFailure beside:
/// - of the standard library's types, as itself: std::invalid_argument, std::system_error with its code, filesystem_error with its
///   paths, bad_optional_access, ... What it was nested on (std::throw_with_nested) comes along.
/// - of a type that is registered (prun/exception.hpp), as itself.
/// - of another type, as the nearest standard type that it derives from, so that `catch (const std::logic_error&)` takes it, with
///   "type: message" as what(). Where that is std::runtime_error or std::exception, or there is none, it is a TaskError.
class TaskError : public std::runtime_error, public TaskFailure {
 public:
  explicit TaskError(const Failure& failure)
      : std::runtime_error(failure.type + ": " + failure.message), TaskFailure(failure) {}
};

/// The worker that held the call died: the message names the signal or the exit status, and the process.
class WorkerLostError : public std::runtime_error, public TaskFailure {
 public:
  explicit WorkerLostError(const Failure& failure) : std::runtime_error(failure.message), TaskFailure(failure) {}
};

/// Throws what `failure` stands for: the standard exception of its type, TaskError, WorkerLostError, TimeoutError, ...
[[noreturn]] void throw_failure(const Failure& failure);

}  // namespace prun
