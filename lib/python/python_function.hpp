// A Python function as one of prun's. Knows of the process that makes its calls only that there is one a worker.
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

/// Which Python runs functions, and how: in this process, and in workers that are forked of it later.
/// @param fork_requests where workers ask for a fork of the Python that imports the modules; stays its owner's
void use_python(PythonOptions options, int fork_requests);
/// The same Python by another name.
void use_python_program(std::string program);
[[nodiscard]] const PythonOptions& used_python() noexcept;

[[nodiscard]] std::unique_ptr<Function> make_python_function(PythonFunctionText text);

}  // namespace prun::python
