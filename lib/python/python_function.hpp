// A Python function as a Function of prun. It knows only that each worker has a process that makes its calls.
#pragma once

#include "function/function.hpp"
#include "python/python_options.hpp"

#include <memory>
#include <string>

namespace prun::python {

struct PythonFunctionText {
  std::string name;  ///< `article.py:fib`
  Signature signature;
  std::string help;
};

/// Sets the Python that runs functions, for this process and for workers that are forked from it later.
/// @param fork_requests where workers request a fork of the Python that imports the modules; the caller keeps it
void use_python(PythonOptions options, int fork_requests);
/// Sets another program for the same Python.
void use_python_program(std::string program);
[[nodiscard]] const PythonOptions& used_python() noexcept;

[[nodiscard]] std::unique_ptr<Function> make_python_function(PythonFunctionText text);

}  // namespace prun::python
