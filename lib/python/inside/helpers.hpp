// The functions of the Python files that the library inside calls.
#pragma once

#include "python/inside/interpreter.hpp"

namespace prun::python {

/// In the order of the tuple that worker.py gives. It lives as long as the process.
struct Helpers {
  Object* resolve;  ///< of a name, `article.py:fib`: what to call
  Object*
      describe;  ///< of an exception: (type, message, where, traceback); ends the process where the exception asks for that
  Object*
      end_child;  ///< of an exception or None: ends this process, a child that a function has forked and that comes back
  Object* awaited;    ///< of a coroutine: its result; of anything else: that
  Object* plain;      ///< of a value that has no form in JSON: one that has, or is closer to it
  Object* plain_key;  ///< the same of a dict's key: a str
  Object* digits;     ///< of an int: a str
  Object* number;     ///< the class of numbers that are given by their JSON text
};

}  // namespace prun::python
