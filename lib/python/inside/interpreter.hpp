// The part of CPython's C interface that the library inside uses, found at run time in the interpreter that loaded it. All
// of it is in the stable interface, so one build works with every CPython from 3.8 on, also debug and free-threaded builds.
#pragma once

#include <cstddef>
#include <cstdint>

namespace prun::python {

struct Object;  ///< PyObject, opaque

struct Interpreter {
  // NOLINTBEGIN(readability-identifier-naming): Python's names
  Object* (*PyObject_Type)(Object*);
  unsigned long (*PyType_GetFlags)(Object*);
  int (*PyType_IsSubtype)(Object*, Object*);
  void (*Py_IncRef)(Object*);
  void (*Py_DecRef)(Object*);
  Object* (*PyObject_Call)(Object*, Object*, Object*);
  Object* (*PyObject_CallFunctionObjArgs)(Object*, ...);
  Object* (*PyObject_GetAttrString)(Object*, const char*);
  Object* (*PyBool_FromLong)(long);
  long long (*PyLong_AsLongLongAndOverflow)(Object*, int*);
  unsigned long long (*PyLong_AsUnsignedLongLong)(Object*);
  Object* (*PyLong_FromLongLong)(long long);
  Object* (*PyLong_FromUnsignedLongLong)(unsigned long long);
  Object* (*PyLong_FromString)(const char*, char**, int);
  double (*PyFloat_AsDouble)(Object*);
  Object* (*PyFloat_FromDouble)(double);
  const char* (*PyUnicode_AsUTF8AndSize)(Object*, std::ptrdiff_t*);
  Object* (*PyUnicode_AsEncodedString)(Object*, const char*, const char*);
  Object* (*PyUnicode_DecodeUTF8)(const char*, std::ptrdiff_t, const char*);
  int (*PyBytes_AsStringAndSize)(Object*, char**, std::ptrdiff_t*);
  Object* (*PyBytes_FromStringAndSize)(const char*, std::ptrdiff_t);
  char* (*PyByteArray_AsString)(Object*);
  std::ptrdiff_t (*PyByteArray_Size)(Object*);
  std::ptrdiff_t (*PyList_Size)(Object*);
  Object* (*PyList_GetItem)(Object*, std::ptrdiff_t);
  Object* (*PyList_New)(std::ptrdiff_t);
  int (*PyList_SetItem)(Object*, std::ptrdiff_t, Object*);
  std::ptrdiff_t (*PyTuple_Size)(Object*);
  Object* (*PyTuple_GetItem)(Object*, std::ptrdiff_t);
  Object* (*PyTuple_New)(std::ptrdiff_t);
  int (*PyTuple_SetItem)(Object*, std::ptrdiff_t, Object*);
  Object* (*PyDict_New)();
  int (*PyDict_SetItem)(Object*, Object*, Object*);
  std::ptrdiff_t (*PyDict_Size)(Object*);
  int (*PyDict_Next)(Object*, std::ptrdiff_t*, Object**, Object**);
  void (*PyErr_Fetch)(Object**, Object**, Object**);
  void (*PyErr_NormalizeException)(Object**, Object**, Object**);
  int (*PyException_SetTraceback)(Object*, Object*);
  void (*PyErr_Clear)();
  Object* (*PyErr_Occurred)();
  int (*PyGILState_Ensure)();
  void (*PyGILState_Release)(int);
  Object* PyFloat_Type;
  Object* PyByteArray_Type;
  // NOLINTEND(readability-identifier-naming)
  Object* none;
  Object* yes;
  Object* no;
};

/// Set by `find_interpreter`.
extern Interpreter py;  // NOLINT: as everybody calls it

/// @param none the object None
/// @return the name of a function that the interpreter lacks, or null
const char* find_interpreter(Object* none);

/// Owns one reference.
class Ref {
 public:
  Ref() = default;
  explicit Ref(Object* owned) noexcept : object_(owned) {}
  Ref(Ref&& other) noexcept : object_(other.release()) {}
  Ref& operator=(Ref&& other) noexcept {
    if (this != &other) {
      if (object_ != nullptr) py.Py_DecRef(object_);
      object_ = other.release();
    }
    return *this;
  }
  Ref(const Ref&) = delete;
  Ref& operator=(const Ref&) = delete;
  ~Ref() {
    if (object_ != nullptr) py.Py_DecRef(object_);
  }
  [[nodiscard]] Object* get() const noexcept { return object_; }
  [[nodiscard]] Object* release() noexcept {
    Object* object = object_;
    object_ = nullptr;
    return object;
  }
  explicit operator bool() const noexcept { return object_ != nullptr; }

 private:
  Object* object_ = nullptr;
};

/// While it exists, this thread may use the interpreter.
class Holding {
 public:
  Holding() noexcept : state_(py.PyGILState_Ensure()) {}
  Holding(const Holding&) = delete;
  Holding& operator=(const Holding&) = delete;
  ~Holding() { py.PyGILState_Release(state_); }

 private:
  int state_;
};

}  // namespace prun::python
