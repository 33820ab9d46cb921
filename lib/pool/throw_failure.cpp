// Converts a task's failure to an exception in the caller's process, and an argument's exception to a failure.
#include "pool/foreign_category.hpp"
#include "worker/exception_state.hpp"

#include <prun/detail/call_job.hpp>
#include <prun/error.hpp>
#include <prun/exception.hpp>

#include <any>
#include <array>
#include <exception>
#include <filesystem>
#include <functional>
#include <future>
#include <ios>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <typeinfo>
#include <utility>
#include <variant>
#if __has_include(<format>)
#include <format>
#endif

namespace prun {
namespace {

using worker::ExceptionState;

/// A standard exception that also has the TaskFailure of its task.
template <class Standard>
class FromTask : public Standard, public TaskFailure {
 public:
  template <class... Args>
  explicit FromTask(const Failure& failure, std::string text, Args&&... args)
      : Standard(std::forward<Args>(args)...), TaskFailure(failure), text_(std::move(text)) {}
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

 private:
  std::string text_;
};

/// The exception of a task, to be thrown again.
struct Thrown {
  const Failure& failure;
  const ExceptionState& state;

  /// The text of a TaskError, if the exception's own type is not thrown.
  [[nodiscard]] std::string text() const {
    return failure.type == state.base ? failure.message : failure.type + ": " + failure.message;
  }
  [[nodiscard]] const Failure* cause() const { return state.cause ? &*state.cause : nullptr; }
  [[nodiscard]] std::error_code code() const {
    return {static_cast<int>(state.code), pool::category_of(state, failure.message)};
  }
  template <class Standard, class... Args>
  [[noreturn]] void raise(Args&&... args) const {
    detail::throw_nested_on(cause(), FromTask<Standard>(failure, text(), std::forward<Args>(args)...));
  }
};

using Raise = void (*)(const Thrown&);

template <class Standard>
[[noreturn]] void from_message(const Thrown& thrown) {
  thrown.raise<Standard>(thrown.failure.message);
}
template <class Standard>
[[noreturn]] void from_nothing(const Thrown& thrown) {
  thrown.raise<Standard>();
}
[[noreturn]] void task_error(const Thrown& thrown) {
  detail::throw_nested_on(thrown.cause(), TaskError(thrown.failure));
}

/// Throws each standard type. The exact types runtime_error and exception are treated unlike types derived from them.
constexpr std::array raises{
    std::pair<std::string_view, Raise>{"std::runtime_error", &from_message<std::runtime_error>},
    std::pair<std::string_view, Raise>{"std::invalid_argument", &from_message<std::invalid_argument>},
    std::pair<std::string_view, Raise>{"std::logic_error", &from_message<std::logic_error>},
    std::pair<std::string_view, Raise>{"std::domain_error", &from_message<std::domain_error>},
    std::pair<std::string_view, Raise>{"std::length_error", &from_message<std::length_error>},
    std::pair<std::string_view, Raise>{"std::out_of_range", &from_message<std::out_of_range>},
    std::pair<std::string_view, Raise>{"std::range_error", &from_message<std::range_error>},
    std::pair<std::string_view, Raise>{"std::overflow_error", &from_message<std::overflow_error>},
    std::pair<std::string_view, Raise>{"std::underflow_error", &from_message<std::underflow_error>},
#ifdef __cpp_lib_format
    std::pair<std::string_view, Raise>{"std::format_error", &from_message<std::format_error>},
#endif
    std::pair<std::string_view, Raise>{"std::exception", &from_nothing<std::exception>},
    std::pair<std::string_view, Raise>{"std::bad_alloc", &from_nothing<std::bad_alloc>},
    std::pair<std::string_view, Raise>{"std::bad_array_new_length", &from_nothing<std::bad_array_new_length>},
    std::pair<std::string_view, Raise>{"std::bad_cast", &from_nothing<std::bad_cast>},
    std::pair<std::string_view, Raise>{"std::bad_any_cast", &from_nothing<std::bad_any_cast>},
    std::pair<std::string_view, Raise>{"std::bad_typeid", &from_nothing<std::bad_typeid>},
    std::pair<std::string_view, Raise>{"std::bad_exception", &from_nothing<std::bad_exception>},
    std::pair<std::string_view, Raise>{"std::bad_function_call", &from_nothing<std::bad_function_call>},
    std::pair<std::string_view, Raise>{"std::bad_optional_access", &from_nothing<std::bad_optional_access>},
    std::pair<std::string_view, Raise>{"std::bad_variant_access", &from_nothing<std::bad_variant_access>},
    std::pair<std::string_view, Raise>{"std::bad_weak_ptr", &from_nothing<std::bad_weak_ptr>},
    std::pair<std::string_view, Raise>{"std::system_error",
                                       [](const Thrown& t) { t.raise<std::system_error>(t.code()); }},
    std::pair<std::string_view, Raise>{"std::ios_base::failure",
                                       [](const Thrown& t) { t.raise<std::ios_base::failure>("", t.code()); }},
    std::pair<std::string_view, Raise>{"std::filesystem::filesystem_error",
                                       [](const Thrown& t) {
                                         t.raise<std::filesystem::filesystem_error>(t.failure.message, t.state.path1,
                                                                                    t.state.path2, t.code());
                                       }},
    std::pair<std::string_view, Raise>{"std::regex_error",
                                       [](const Thrown& t) {
                                         t.raise<std::regex_error>(
                                             static_cast<std::regex_constants::error_type>(t.state.code));
                                       }},
    std::pair<std::string_view, Raise>{
        "std::future_error",
        [](const Thrown& t) { t.raise<std::future_error>(static_cast<std::future_errc>(t.state.code)); }},
    std::pair<std::string_view, Raise>{"prun::TimeoutError", &from_message<TimeoutError>},
    std::pair<std::string_view, Raise>{"prun::CancelledError", &from_message<CancelledError>},
    std::pair<std::string_view, Raise>{"prun::BrokenPoolError", &from_message<BrokenPoolError>},
    std::pair<std::string_view, Raise>{"prun::MisuseError", &from_message<MisuseError>},
};

// In this order: the registered type, the standard type or base class, TaskError.
[[noreturn]] void throw_exception(const Failure& failure) {
  ExceptionState state = worker::decode_state(failure.detail);
  if (!state.registered.empty()) {
    detail::raise_registered(state.registered, failure, state.state, state.cause ? &*state.cause : nullptr);
  }
  if (state.base.empty()) state.base = failure.type;
  const Thrown thrown{failure, state};
  const bool exact = state.base == failure.type;
  if (!exact && (state.base == "std::runtime_error" || state.base == "std::exception")) task_error(thrown);
  for (const auto& [name, raise] : raises) {
    if (name == state.base) raise(thrown);
  }
  task_error(thrown);
}

}  // namespace

void throw_failure(const Failure& failure) {
  switch (failure.kind) {
    case FailureKind::exception: throw_exception(failure);
    case FailureKind::lost_signal:
    case FailureKind::lost_exit: throw WorkerLostError(failure);
    case FailureKind::bad_arguments: throw FromTask<ArgumentError>(failure, failure.message, failure.message);
    case FailureKind::bad_result: throw FromTask<SerializationError>(failure, failure.message, failure.message);
    case FailureKind::timeout: throw FromTask<TimeoutError>(failure, failure.message, failure.message);
    case FailureKind::cancelled: throw CancelledError(failure.message);
    case FailureKind::worker_start: throw BrokenPoolError(failure.message);
    case FailureKind::exit:
    case FailureKind::signal:
    case FailureKind::out_of_memory:
    case FailureKind::cpu_limit:
    case FailureKind::interrupted:
    case FailureKind::terminal: break;
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
    failure.message += "an exception that is not a std::exception";
  }
  return failure;
}

}  // namespace detail
}  // namespace prun
