#include "python/inside/interpreter.hpp"

#include <dlfcn.h>

#include <cstring>

namespace prun::python {

Interpreter py;

namespace {

template <class Function>
bool find(Function*& target, const char* name) noexcept {
  void* address = ::dlsym(RTLD_DEFAULT, name);
  std::memcpy(&target, &address, sizeof target);  // NOLINT(bugprone-sizeof-expression): the pointer
  return address != nullptr;
}

}  // namespace

#define PRUN_FIND(name) \
  if (!find(py.name, #name)) return #name

const char* find_interpreter(Object* none) {
  PRUN_FIND(PyObject_Type);
  PRUN_FIND(PyType_GetFlags);
  PRUN_FIND(PyType_IsSubtype);
  PRUN_FIND(Py_IncRef);
  PRUN_FIND(Py_DecRef);
  PRUN_FIND(PyObject_Call);
  PRUN_FIND(PyObject_CallFunctionObjArgs);
  PRUN_FIND(PyObject_GetAttrString);
  PRUN_FIND(PyBool_FromLong);
  PRUN_FIND(PyLong_AsLongLongAndOverflow);
  PRUN_FIND(PyLong_AsUnsignedLongLong);
  PRUN_FIND(PyLong_FromLongLong);
  PRUN_FIND(PyLong_FromUnsignedLongLong);
  PRUN_FIND(PyLong_FromString);
  PRUN_FIND(PyFloat_AsDouble);
  PRUN_FIND(PyFloat_FromDouble);
  PRUN_FIND(PyUnicode_AsUTF8AndSize);
  PRUN_FIND(PyUnicode_AsEncodedString);
  PRUN_FIND(PyUnicode_DecodeUTF8);
  PRUN_FIND(PyBytes_AsStringAndSize);
  PRUN_FIND(PyBytes_FromStringAndSize);
  PRUN_FIND(PyByteArray_AsString);
  PRUN_FIND(PyByteArray_Size);
  PRUN_FIND(PyList_Size);
  PRUN_FIND(PyList_GetItem);
  PRUN_FIND(PyList_New);
  PRUN_FIND(PyList_SetItem);
  PRUN_FIND(PyTuple_Size);
  PRUN_FIND(PyTuple_GetItem);
  PRUN_FIND(PyTuple_New);
  PRUN_FIND(PyTuple_SetItem);
  PRUN_FIND(PyDict_New);
  PRUN_FIND(PyDict_SetItem);
  PRUN_FIND(PyDict_Size);
  PRUN_FIND(PyDict_Next);
  PRUN_FIND(PyErr_Fetch);
  PRUN_FIND(PyErr_NormalizeException);
  PRUN_FIND(PyException_SetTraceback);
  PRUN_FIND(PyErr_Clear);
  PRUN_FIND(PyErr_Occurred);
  PRUN_FIND(PyGILState_Ensure);
  PRUN_FIND(PyGILState_Release);
  PRUN_FIND(PyFloat_Type);
  PRUN_FIND(PyByteArray_Type);
  const Holding holding;
  py.none = none;
  py.Py_IncRef(none);
  py.yes = py.PyBool_FromLong(1);
  py.no = py.PyBool_FromLong(0);
  return nullptr;
}

#undef PRUN_FIND

}  // namespace prun::python
