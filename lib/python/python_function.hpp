// A Python function as one of prun's. Knows of the process that makes its calls only that there is one a worker.
#pragma once

#include "function/function.hpp"

#include <memory>
#include <string>

namespace prun::python {

struct PythonFunctionText {
  std::string name;  ///< `article.py:fib`
  Signature signature;
  std::string help;
};

/// Which Python runs functions, as --python names it: in this process, and in workers that are forked of it later.
void use_python(std::string program);
[[nodiscard]] const std::string& used_python() noexcept;

[[nodiscard]] std::unique_ptr<Function> make_python_function(PythonFunctionText text);

}  // namespace prun::python
