// The functions of the package's Python files that its C++ part calls.
#pragma once

#include "pypackage/api.hpp"

namespace prun::pypackage {

/// In the order of the tuple that prun/_start.py gives. It lives as long as the process.
struct PythonFunctions {
  Object* dump;        ///< an object -> pickled bytes; if it has large buffers: a tuple of bytes that name their place,
                       ///< unless a second argument is true; a third is true for a worker's result
  Object* load;        ///< bytes of `dump`, and True if buffers are elsewhere -> the object
  Object* describe;    ///< an exception -> (type, message, bytes)
  Object* rebuild;     ///< these bytes, and True for an executor -> the exception
  Object* unsendable;  ///< an exception, a result that cannot be pickled, and True for an executor -> an exception
  Object* unreadable;  ///< an exception, and the name of an object that could not be unpickled -> an exception
  Object* failed;      ///< a failure of another kind -> the exception
  Object* worker_began;  ///< called in a new worker with the initializer, or None, and its arguments
  Object* worker_ends;   ///< called in a worker that exits by itself
  Object* call_ended;    ///< flushes what a call has printed
};

extern PythonFunctions python_functions;  // NOLINT: global, as the interpreter is

}  // namespace prun::pypackage
