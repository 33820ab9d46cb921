// The Python of tests that need more than CPython.
#pragma once

#include "prun_support.hpp"

#include <optional>
#include <string>
#include <utility>

namespace prun::test {

/// A Python that has NumPy.
inline std::optional<std::string> python_with_numpy() {
  for (const char* python : {"python3", "/usr/bin/python3"}) {
    Command command{{"/usr/bin/env", python, "-c", "import numpy.random"}};
    if (run_command(std::move(command)).status == 0) return python;
  }
  return std::nullopt;
}

}  // namespace prun::test
