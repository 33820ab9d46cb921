#include "python/inside/calls.hpp"

#include "python/inside/objects.hpp"
#include "sys/process_mark.hpp"

#include <prun/error.hpp>

#include <unistd.h>

#include <utility>

namespace prun::python {
namespace {

std::string text_of(Object* tuple, std::ptrdiff_t index) {
  std::ptrdiff_t size = 0;
  const char* text = py.PyUnicode_AsUTF8AndSize(py.PyTuple_GetItem(tuple, index), &size);
  if (text == nullptr) py.PyErr_Clear();
  return text == nullptr ? std::string() : std::string(text, static_cast<std::size_t>(size));
}

/// Takes the current Python exception and clears it; null if there is none.
Ref take_exception() {
  Object* type = nullptr;
  Object* exception = nullptr;
  Object* traceback = nullptr;
  py.PyErr_Fetch(&type, &exception, &traceback);
  if (type == nullptr) return Ref();
  py.PyErr_NormalizeException(&type, &exception, &traceback);
  const Ref own_type(type);
  const Ref own_traceback(traceback);
  if (traceback != nullptr) py.PyException_SetTraceback(exception, traceback);
  return Ref(exception);
}

}  // namespace

Calls::Calls(const Helpers& helpers) noexcept : helpers_(helpers), own_process_(&sys::mark_process()) {}

void Calls::call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result) {
  const Holding holding;
  try {
    Object* function = find(name);
    const Ref arguments = to_tuple(args);
    Ref keywords;
    if (!kwargs.empty()) {
      wire::ValueReader reader(kwargs);
      keywords = to_object(reader);
    }
    Ref returned(py.PyObject_Call(function, arguments.get(), keywords.get()));
    if (returned && !is_plain(returned.get())) {
      returned = Ref(py.PyObject_CallFunctionObjArgs(helpers_.awaited, returned.get(), nullptr));
    }
    if (!returned) throw Raised{};
    end_forked_child();
    append_result(result, returned.get());
    end_forked_child();  // converting the result may call functions of the user
  } catch (const Raised&) {
    end_forked_child();
    throw TaskError(failure());
  }
}

void Calls::append_result(std::string& result, Object* returned) {
  try {
    append_value(result, returned, helpers_);
  } catch (const Raised&) {
    end_forked_child();
    Failure why = failure();
    why.message = "the result cannot be converted: " + why.type + ": " + why.message;
    if (why.kind == FailureKind::exception) why.kind = FailureKind::bad_result;
    why.type = "prun::SerializationError";
    throw TaskError(why);
  }
}

Object* Calls::find(std::string_view name) {
  if (last_ != nullptr && name == last_name_) return last_;
  auto found = found_.find(name);
  if (found == found_.end()) {
    const Ref text(py.PyUnicode_DecodeUTF8(name.data(), static_cast<std::ptrdiff_t>(name.size()), "surrogateescape"));
    Ref function(text ? py.PyObject_CallFunctionObjArgs(helpers_.resolve, text.get(), nullptr) : nullptr);
    if (!function) throw Raised{};
    found = found_.emplace(std::string(name), std::move(function)).first;
  }
  last_ = found->second.get();
  last_name_ = name;
  return last_;
}

void Calls::end_forked_child() {
  if (own_process_->load(std::memory_order_relaxed) != 0) return;
  const Ref exception = take_exception();
  const Ref ended(py.PyObject_CallFunctionObjArgs(helpers_.end_child, exception ? exception.get() : py.none, nullptr));
  ::_exit(1);
}

Failure Calls::failure() {
  const Ref exception = take_exception();
  Failure failure;
  failure.pid = ::getpid();
  const Ref described(py.PyObject_CallFunctionObjArgs(helpers_.describe, exception.get(), nullptr));
  if (!described) {
    py.PyErr_Clear();
    failure.type = "Exception";
    failure.message = "an exception that cannot be described";
    return failure;
  }
  failure.type = text_of(described.get(), 0);
  failure.message = text_of(described.get(), 1);
  failure.where = text_of(described.get(), 2);
  failure.traceback = text_of(described.get(), 3);
  if (memory_limited_ && failure.type == "MemoryError") failure.kind = FailureKind::out_of_memory;
  return failure;
}

}  // namespace prun::python
