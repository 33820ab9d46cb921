// The plugin's second source: a worker's own state, made by its initializer and at the first call.
#include <prun/function.hpp>

#include <unistd.h>

#include <vector>

namespace {

int initialized = 0;
int later = 0;
void initialize() { ++initialized; }
PRUN_INITIALIZER(initialize);
PRUN_INITIALIZER([] { later = initialized + 1; });

PRUN_FUNCTION(
    initializations,
    [] {
      return std::vector<int>{initialized, later};
    },
    "how often each initializer has run");

PRUN_FUNCTION(
    calls,
    [] {
      static int count = 0;
      return ++count;
    },
    "how often it was called in this worker");

PRUN_FUNCTION(
    process, [] { return ::getpid(); }, "the worker's process");

}  // namespace
