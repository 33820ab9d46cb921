// Asks a run for its status, with SIGUSR1, until it says what a test waits for.
#pragma once

#include "prun_support.hpp"

#include <signal.h>

#include <cstddef>
#include <string>
#include <string_view>

namespace prun::test {

/// Asks again after each answer: what the run does begins a moment after what can be seen from outside. The run must serve signals
/// already. Returns false if its time is over.
inline bool says(Process& run, std::string_view part) {
  const auto contains = [](std::string_view text, std::string_view what) {
    return text.find(what) != std::string_view::npos;
  };
  std::size_t asked = 0;
  run.signal(SIGUSR1);
  return run.wait_until([&] {
    if (contains(run.err(), part)) return true;
    std::size_t answers = 0;
    for (const std::string& answer : lines_of(run.err())) answers += contains(answer, " elapsed") ? 1U : 0U;
    if (answers > asked) {
      asked = answers;
      run.signal(SIGUSR1);
    }
    return false;
  });
}

}  // namespace prun::test
