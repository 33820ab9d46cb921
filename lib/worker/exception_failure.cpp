#include "worker/exception_failure.hpp"

#include "worker/throw_site.hpp"

#include <prun/error.hpp>

#include <cxxabi.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

namespace prun::worker {
namespace {

std::string readable(const char* mangled) {
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> name(abi::__cxa_demangle(mangled, nullptr, nullptr, &status), std::free);
  return status == 0 && name ? name.get() : mangled;
}

}  // namespace

Failure failure_of(const std::exception_ptr& error) {
  Failure failure;
  failure.pid = ::getpid();
  std::string where = take_throw_site();
  try {
    std::rethrow_exception(error);
  } catch (const ArgumentError& e) {
    failure.kind = FailureKind::bad_arguments;
    failure.type = "prun::ArgumentError";
    failure.message = e.what();
  } catch (const SerializationError& e) {
    failure.kind = FailureKind::bad_result;
    failure.type = "prun::SerializationError";
    failure.message = e.what();
  } catch (const TaskError& e) {  // made by a function that knows more of its failure than a C++ exception can say
    const int pid = failure.pid;
    failure = e.failure();
    if (failure.pid == 0) failure.pid = pid;
  } catch (const std::exception& e) {
    failure.type = readable(typeid(e).name());
    failure.message = e.what();
    failure.where = std::move(where);
  } catch (...) {
    const std::type_info* type = abi::__cxa_current_exception_type();
    failure.type = type != nullptr ? readable(type->name()) : "unknown";
    failure.message = "not a std::exception";
    failure.where = std::move(where);
  }
  return failure;
}

}  // namespace prun::worker
