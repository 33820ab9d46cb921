// A task's failure as an exception in the caller's process, and an argument's exception as a failure.
#include <prun/detail/call_job.hpp>
#include <prun/error.hpp>

#include <array>
#include <exception>
#include <ios>
#include <new>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace prun {
namespace {

/// A standard exception that knows it came from a task.
template <class Standard>
class FromTask final : public Standard, public TaskFailure {
 public:
  explicit FromTask(const Failure& failure) : Standard(failure.message), TaskFailure(failure) {}
};

class MemoryFromTask final : public std::bad_alloc, public TaskFailure {
 public:
  explicit MemoryFromTask(const Failure& failure) : TaskFailure(failure) {}
  [[nodiscard]] const char* what() const noexcept override { return failure().message.c_str(); }
};

template <class Exception>
[[noreturn]] void throw_as(const Failure& failure) {
  throw Exception(failure);
}

constexpr std::array standard_types{
    std::pair{"std::runtime_error", &throw_as<FromTask<std::runtime_error>>},
    std::pair{"std::invalid_argument", &throw_as<FromTask<std::invalid_argument>>},
    std::pair{"std::logic_error", &throw_as<FromTask<std::logic_error>>},
    std::pair{"std::domain_error", &throw_as<FromTask<std::domain_error>>},
    std::pair{"std::length_error", &throw_as<FromTask<std::length_error>>},
    std::pair{"std::out_of_range", &throw_as<FromTask<std::out_of_range>>},
    std::pair{"std::range_error", &throw_as<FromTask<std::range_error>>},
    std::pair{"std::overflow_error", &throw_as<FromTask<std::overflow_error>>},
    std::pair{"std::underflow_error", &throw_as<FromTask<std::underflow_error>>},
    std::pair{"std::bad_alloc", &throw_as<MemoryFromTask>},
    std::pair{"prun::TimeoutError", &throw_as<FromTask<TimeoutError>>},
};

}  // namespace

void throw_failure(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::exception:
      for (const auto& [name, throw_it] : standard_types) {
        if (failure.type == name) throw_it(failure);
      }
      throw TaskError(failure);
    case FailureKind::lost_signal:
    case FailureKind::lost_exit: throw WorkerLostError(failure);
    case FailureKind::bad_arguments: throw FromTask<ArgumentError>(failure);
    case FailureKind::bad_result: throw FromTask<SerializationError>(failure);
    case FailureKind::timeout: throw FromTask<TimeoutError>(failure);
    case FailureKind::cancelled: throw CancelledError(failure.message);
    case FailureKind::worker_start: throw BrokenPoolError(failure.message);
    case FailureKind::exit:
    case FailureKind::signal:
    case FailureKind::out_of_memory:
    case FailureKind::cpu_limit: break;
  }
  throw TaskError(failure);
}

namespace detail {

std::exception_ptr exception_of(const Failure& failure) noexcept {
  try {
    throw_failure(failure);
  } catch (...) {
    return std::current_exception();
  }
}

Failure unwritable_argument() {
  Failure failure;
  failure.kind = FailureKind::bad_arguments;
  failure.type = "prun::ArgumentError";
  failure.message = "the argument cannot be written: ";
  try {
    throw;
  } catch (const std::exception& e) {
    failure.message += e.what();
  } catch (...) {
    failure.message += "an exception that is no std::exception";
  }
  return failure;
}

}  // namespace detail
}  // namespace prun
