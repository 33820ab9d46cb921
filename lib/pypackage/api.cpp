#include "pypackage/api.hpp"

#include <dlfcn.h>

#include <string_view>

namespace prun::pypackage {

Api api;

namespace {

template <class Pointer>
bool find(Pointer& target, const char* name) noexcept {
  void* address = ::dlsym(RTLD_DEFAULT, name);
  std::memcpy(&target, &address, sizeof target);  // NOLINT(bugprone-sizeof-expression): the pointer
  return address != nullptr;
}

/// The offset of an object's type is the same in all objects of an interpreter. It is found by searching None for its type.
void find_type_offset() {
  const Ref type(py.PyObject_Type(py.none));
  const bool free_threaded = std::string_view(api.Py_GetVersion()).find("free-threading") != std::string_view::npos;
  api.counts_references = !free_threaded;
  for (std::size_t offset = sizeof(void*); offset <= 4 * sizeof(void*); offset += sizeof(void*)) {
    api.type_offset = offset;
    if (type_of(py.none) == type.get()) return;
  }
  api.type_offset = 0;
}

}  // namespace

#define PRUN_FIND(name) \
  if (!find(api.name, #name)) return #name

const char* find_api() {
  Object* none = nullptr;
  if (!find(none, "_Py_NoneStruct")) return "_Py_NoneStruct";
  if (const char* missing = python::find_interpreter(none)) return missing;
  PRUN_FIND(PyModule_Create2);
  PRUN_FIND(PyCapsule_New);
  PRUN_FIND(PyCapsule_GetPointer);
  PRUN_FIND(PyErr_SetString);
  PRUN_FIND(PyErr_SetObject);
  PRUN_FIND(PyErr_SetNone);
  PRUN_FIND(PyErr_CheckSignals);
  PRUN_FIND(PyErr_NoMemory);
  PRUN_FIND(PyErr_WriteUnraisable);
  PRUN_FIND(PyEval_SaveThread);
  PRUN_FIND(PyEval_RestoreThread);
  PRUN_FIND(PyOS_BeforeFork);
  PRUN_FIND(PyOS_AfterFork_Parent);
  PRUN_FIND(PyOS_AfterFork_Child);
  PRUN_FIND(PyObject_GetIter);
  PRUN_FIND(PyIter_Next);
  PRUN_FIND(PyObject_IsTrue);
  PRUN_FIND(PyList_Append);
  PRUN_FIND(PyMemoryView_FromMemory);
  PRUN_FIND(PyLong_AsLong);
  PRUN_FIND(Py_GetVersion);
  PRUN_FIND(PyLong_Type);
  PRUN_FIND(PyUnicode_Type);
  PRUN_FIND(PyBytes_Type);
  PRUN_FIND(PyTuple_Type);
  PRUN_FIND(PyList_Type);
  PRUN_FIND(PyDict_Type);
  PRUN_FIND(PyExc_StopIteration);
  PRUN_FIND(PyExc_ValueError);
  PRUN_FIND(PyExc_RuntimeError);
  PRUN_FIND(PyExc_OSError);
  PRUN_FIND(PyExc_MemoryError);
  PRUN_FIND(PyExc_TypeError);
  static_cast<void>(find(api.PyObject_Vectorcall, "PyObject_Vectorcall"));
  find_type_offset();
  return api.type_offset == 0 ? "the type of an object" : nullptr;
}

#undef PRUN_FIND

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

void raise(Object* exception) {
  const Ref type(py.PyObject_Type(exception));
  api.PyErr_SetObject(type.get(), exception);
}

}  // namespace prun::pypackage
