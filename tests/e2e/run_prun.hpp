// Runs prun to its end, as most end-to-end tests do.
#pragma once

#include "prun_support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace prun::test {

/// The same as run_prun(). It also checks that prun ended in time.
inline Result run(std::vector<std::string> arguments, std::string input = {}) {
  Result result = run_prun(std::move(arguments), std::move(input));
  INFO(result);
  CHECK_FALSE(result.timed_out);
  return result;
}

}  // namespace prun::test
