#include "worker/exception_failure.hpp"

#include "worker/exception_state.hpp"
#include "worker/throw_site.hpp"

#include <prun/error.hpp>

#include <cxxabi.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>

namespace prun::worker {
namespace {

constexpr int deepest_cause = 16;

std::string readable(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
  return status == 0 && name ? name.get() : mangled;
}

/// std::throw_with_nested throws an internal type of libstdc++ around the original one.
std::string without_nesting(std::string type) {
  constexpr std::string_view around = "std::_Nested_exception<";
  if (!type.starts_with(around) || !type.ends_with('>')) return type;
  return type.substr(around.size(), type.size() - around.size() - 1);
}

Failure failure_of(const std::exception_ptr& error, int depth);

void add_cause(const std::nested_exception* nested, ExceptionState& state, int depth) {
  if (nested == nullptr || !nested->nested_ptr() || depth == deepest_cause) return;
  state.cause = failure_of(nested->nested_ptr(), depth + 1);
}

void describe(const std::exception& e, const std::exception_ptr& error, Failure& failure, int depth) {
  failure.type = without_nesting(readable(typeid(e).name()));
  failure.message = e.what();
  ExceptionState state;
  const char* const standard = describe_standard(e, state);
  const bool registered = describe_registered(error, &typeid(e), state);
  if (standard != nullptr) {
    failure.type = standard;
  } else if (failure.type == state.base) {
    state.base.clear();
  }
  add_cause(dynamic_cast<const std::nested_exception*>(&e), state, depth);
  const bool says_all = standard != nullptr && state.category.empty() && state.code == 0;
  if (!says_all || registered || state.cause) failure.detail = encode_state(state);
}

/// The failure of another task, unchanged: its type, message, place and process. The state of a registered type is written
/// again, because the function may have changed it before it threw the exception again.
Failure passed_on(const TaskFailure& e, const std::exception_ptr& error) {
  Failure failure = e.failure();
  ExceptionState state = decode_state(failure.detail);
  if (!state.registered.empty() && describe_registered(error, nullptr, state)) failure.detail = encode_state(state);
  return failure;
}

Failure failure_of(const std::exception_ptr& error, int depth) {
  Failure failure;
  failure.pid = ::getpid();
  std::string where = depth == 0 ? take_throw_site() : std::string();
  try {
    std::rethrow_exception(error);
  } catch (const TaskFailure& e) {
    // It comes from a pool that the task uses, or from a function that knows more than a C++ exception holds.
    const int pid = failure.pid;
    failure = passed_on(e, error);
    if (failure.pid == 0) failure.pid = pid;
  } catch (const ArgumentError& e) {
    failure.kind = FailureKind::bad_arguments;
    failure.type = "prun::ArgumentError";
    failure.message = e.what();
  } catch (const SerializationError& e) {
    failure.kind = FailureKind::bad_result;
    failure.type = "prun::SerializationError";
    failure.message = e.what();
  } catch (const std::exception& e) {
    describe(e, error, failure, depth);
    failure.where = std::move(where);
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    failure.type = type != nullptr ? without_nesting(readable(type->name())) : "unknown";
    failure.message = "not a std::exception";
    failure.where = std::move(where);
    ExceptionState state;
    if (describe_registered(error, type, state)) failure.detail = encode_state(state);
  }
  return failure;
}

}  // namespace

Failure failure_of(const std::exception_ptr& error) { return failure_of(error, 0); }

}  // namespace prun::worker
