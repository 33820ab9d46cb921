// The functions of the package's Python files that its C++ part calls.
#pragma once

#include "pypackage/api.hpp"

namespace prun::pypackage {

/// In the order of the tuple that prun/_start.py gives. It lives as long as the process.
struct PythonFunctions {
  Object*
      dump;  ///< of an object: bytes, pickled; of one with large buffers: bytes that name where they are, in a tuple,
             ///< unless a second argument is true
  Object* load;      ///< of bytes that `dump` has made, and whether buffers are elsewhere: the object
  Object* describe;  ///< of an exception: (type, message, bytes)
  Object* rebuild;   ///< of those bytes and whether an executor asks: the exception
  Object*
      unsendable;  ///< of an exception and a result that cannot be pickled, and whether an executor asks: an exception
  Object* unreadable;    ///< of an exception and what could not be unpickled: an exception
  Object* failed;        ///< of a failure of another kind: the exception
  Object* worker_began;  ///< in a new worker, with the initializer, or None, and its arguments
  Object* worker_ends;   ///< in a worker that leaves by itself
  Object* call_ended;    ///< flushes what a call has printed
};

extern PythonFunctions python_functions;  // NOLINT: of the process, as the interpreter is

}  // namespace prun::pypackage
