// NumPy's global generator in workers' Python processes, which are forks: each has the state that a process of its own would
// have. Its own generator is Python's to seed anew.
#include "prun_support.hpp"
#include "python_support.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <set>
#include <string>

using namespace prun::test;

namespace {

/// What each of eight processes, one a call, draws first.
std::multiset<std::string> first_numbers(const std::string& python, const std::string& seeding) {
  const TemporaryFile code(
      "import numpy.random\n" + seeding + "\ndef draw(x):\n    return float(numpy.random.random())\n", ".py");
  const Result run = run_prun({"imap", code.path() + ":draw", "1..8", "-j", "2", "-c", "1", "--max-tasks-per-child",
                               "1", "--python", python, "--format", "{result}"});
  INFO(run);
  REQUIRE(run.status == 0);
  const auto lines = lines_of(run.out);
  return {lines.begin(), lines.end()};
}

std::size_t different(const std::multiset<std::string>& numbers) {
  return std::set<std::string>(numbers.begin(), numbers.end()).size();
}

}  // namespace

TEST_CASE("python: NumPy's random numbers differ from worker to worker, unless the module has seeded them") {
  const auto python = python_with_numpy();
  if (!python) {
    MESSAGE("SKIPPED: no Python with NumPy is installed (Debian: python3-numpy)");
    return;
  }
  const auto unseeded = first_numbers(*python, "");
  CHECK(unseeded.size() == 8);
  CHECK(different(unseeded) == 8);
  const auto seeded = first_numbers(*python, "numpy.random.seed(7)");
  CHECK(seeded.size() == 8);
  CHECK(different(seeded) == 1);
}
