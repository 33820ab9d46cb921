// The options about Python functions, as plain data.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace prun::python {

struct PythonOptions {
  std::string program = "python3";  ///< a path, or a name to search on PATH
  std::string code{};               ///< defines functions that are called by their bare names
  std::string default_function{};   ///< converts results that JSON cannot represent, as in json.dumps; empty: none
  std::vector<std::pair<std::string, std::string>>
      environment{};  ///< of workers, and so of the process that imports for them
};

}  // namespace prun::python
