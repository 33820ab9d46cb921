#include "pypackage/arguments.hpp"

#include "pypackage/codec.hpp"

#include <prun/error.hpp>

#include <cstring>
#include <exception>
#include <new>
#include <system_error>

namespace prun::pypackage {
namespace {

void raise_failed(const char* kind, const char* message) {
  Failure failure;
  failure.message = message;
  failure.kind = std::string_view(kind) == "broken" ? FailureKind::worker_start : FailureKind::cancelled;
  raise(exception_of(failure, true).get());
}

}  // namespace

void raise_current() noexcept {
  try {
    throw;
  } catch (const Raised&) {
  } catch (const BrokenPoolError& error) {
    raise_failed("broken", error.what());
  } catch (const std::bad_alloc&) {
    api.PyErr_NoMemory();
  } catch (const std::system_error& error) {
    const Ref code(py.PyLong_FromLongLong(error.code().value()));
    const Ref text(py.PyUnicode_DecodeUTF8(error.what(), static_cast<Size>(std::strlen(error.what())), "replace"));
    const Ref exception(py.PyObject_CallFunctionObjArgs(*api.PyExc_OSError, code.get(), text.get(), nullptr));
    if (exception) raise(exception.get());
  } catch (const MisuseError& error) {
    api.PyErr_SetString(*api.PyExc_ValueError, error.what());
  } catch (const std::exception& error) {
    api.PyErr_SetString(*api.PyExc_RuntimeError, error.what());
  }
}

bool watch(Pool& pool, WatchedJob& job, Object* watcher) {
  Ref own = new_ref(watcher);
  auto lock = pool.lock();
  if (!job.watch(own.get())) return false;
  static_cast<void>(own.release());
  return true;
}

}  // namespace prun::pypackage
