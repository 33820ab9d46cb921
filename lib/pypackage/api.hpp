// The functions of CPython's C interface that the package needs in addition to python/inside/interpreter.hpp. They belong to the stable
// interface and are found at run time, so one build works with every CPython from 3.8 on.
#pragma once

#include "python/inside/interpreter.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

namespace prun::pypackage {

using python::Object;
using python::py;
using python::Ref;

using Size = std::ptrdiff_t;
using Function = Object* (*)(Object*, Object* const*, Size);

/// PyMethodDef, whose layout is part of the stable interface.
struct Method {
  const char* name;
  Function function;
  int flags;
  const char* doc;
};
inline constexpr int fastcall = 0x80;

struct Api {
  // NOLINTBEGIN(readability-identifier-naming): Python's names
  Object* (*PyModule_Create2)(void*, int);
  Object* (*PyCapsule_New)(void*, const char*, void (*)(Object*));
  void* (*PyCapsule_GetPointer)(Object*, const char*);
  void (*PyErr_SetString)(Object*, const char*);
  void (*PyErr_SetObject)(Object*, Object*);
  void (*PyErr_SetNone)(Object*);
  int (*PyErr_CheckSignals)();
  Object* (*PyErr_NoMemory)();
  void (*PyErr_WriteUnraisable)(Object*);
  void* (*PyEval_SaveThread)();
  void (*PyEval_RestoreThread)(void*);
  void (*PyOS_BeforeFork)();
  void (*PyOS_AfterFork_Parent)();
  void (*PyOS_AfterFork_Child)();
  Object* (*PyObject_GetIter)(Object*);
  Object* (*PyIter_Next)(Object*);
  int (*PyObject_IsTrue)(Object*);
  int (*PyList_Append)(Object*, Object*);
  Object* (*PyMemoryView_FromMemory)(char*, Size, int);
  long (*PyLong_AsLong)(Object*);
  const char* (*Py_GetVersion)();
  Object* PyLong_Type;
  Object* PyUnicode_Type;
  Object* PyBytes_Type;
  Object* PyTuple_Type;
  Object* PyList_Type;
  Object* PyDict_Type;
  Object** PyExc_StopIteration;
  Object** PyExc_ValueError;
  Object** PyExc_RuntimeError;
  Object** PyExc_OSError;
  Object** PyExc_MemoryError;
  Object** PyExc_TypeError;
  Object* (*PyObject_Vectorcall)(Object*, Object* const*, std::size_t, Object*);  ///< null before Python 3.9
  // NOLINTEND(readability-identifier-naming)
  std::size_t type_offset;  ///< offset of an object's type in the object; 0: not known
  bool counts_references;   ///< the first word of an object is its reference count
};

extern Api api;  // NOLINT: as everybody calls it

/// @return the name of a function that the interpreter lacks, or null
const char* find_api();

/// Python has raised an exception, which is the current exception.
using Raised = struct RaisedException {};

[[nodiscard]] inline Object* type_of(const Object* object) noexcept {
  Object* type = nullptr;
  // NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer
  std::memcpy(&type, reinterpret_cast<const char*>(object) + api.type_offset, sizeof(type));
  return type;
}

/// Returns true if there is only one reference to the object.
[[nodiscard]] inline bool is_held_once(const Object* object) noexcept {
  if (!api.counts_references) return false;
  std::uint32_t count = 0;
  std::memcpy(&count, object, sizeof count);
  return count == 1;
}

/// function(argument)
[[nodiscard]] inline Object* call_with_one(Object* function, Object* argument) {
  if (api.PyObject_Vectorcall == nullptr) return py.PyObject_CallFunctionObjArgs(function, argument, nullptr);
  constexpr std::size_t may_use_place_before = std::size_t{1} << (8 * sizeof(std::size_t) - 1);
  Object* places[] = {nullptr, argument};  // NOLINT(modernize-avoid-c-arrays): what the interpreter takes
  return api.PyObject_Vectorcall(function, places + 1, 1 | may_use_place_before, nullptr);
}

[[nodiscard]] inline Ref new_ref(Object* object) noexcept {
  py.Py_IncRef(object);
  return Ref(object);
}

/// @throws Raised if it is null
inline Ref checked(Object* owned) {
  if (owned == nullptr) throw Raised{};
  return Ref(owned);
}

/// While it exists, other threads may use the interpreter, and this thread may not.
class Released {
 public:
  Released() noexcept : thread_(api.PyEval_SaveThread()) {}
  Released(const Released&) = delete;
  Released& operator=(const Released&) = delete;
  /// When Python exits, it may end the thread by unwinding it.
  ~Released() noexcept(false) { api.PyEval_RestoreThread(thread_); }

 private:
  void* thread_;
};

/// Takes the current exception and clears it.
[[nodiscard]] Ref take_exception();
void raise(Object* exception);

}  // namespace prun::pypackage
