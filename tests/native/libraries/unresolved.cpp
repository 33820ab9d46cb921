// A plugin that misses what it should have been linked with.
#include <prun/function.hpp>

extern "C" int function_that_nobody_has(int);
PRUN_FUNCTION(use, function_that_nobody_has, "", "n");
