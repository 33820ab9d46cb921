// Programs that a test uses and that may be missing on this machine.
#pragma once

#include <doctest/doctest.h>

#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <string>

namespace prun::test {

/// Returns whether the program is on PATH. If it is not, the test says so, and ctest counts it as skipped.
[[nodiscard]] inline bool has_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/" + name).c_str(), X_OK) == 0) return true;
  }
  MESSAGE("SKIPPED: this test needs the program " << name);
  return false;
}

}  // namespace prun::test
