// The functions of the Python files that the library inside calls.
#pragma once

#include "python/inside/interpreter.hpp"

namespace prun::python {

/// In the order of the tuple that worker.py passes. Lives as long as the process.
struct Helpers {
  Object* resolve;  ///< a name, `article.py:fib` -> the object to call
  Object*
      describe;  ///< an exception -> (type, message, where, traceback); exits the process if the exception asks for it
  Object*
      end_child;    ///< an exception or None -> ends this process, a child that a function has forked and that returns
  Object* awaited;  ///< a coroutine -> its result; any other object -> itself
  Object* plain;    ///< a value that JSON cannot represent -> a value that it can represent, or that is closer to one
  Object* plain_key;   ///< the same for the key of a dict -> a str
  Object* digits;      ///< an int -> a str
  Object* number;      ///< the class of numbers that are given by their JSON text
  Object* whole_text;  ///< a result that is nested too deeply -> a str
};

}  // namespace prun::python
