// A second plugin beside sample.cpp, with functions of the same names, and one of a built-in function's.
#include <prun/function.hpp>

PRUN_FUNCTION(
    steps, [](const char) { return "other"; }, "not sample's", "n");
PRUN_FUNCTION(
    fib, [](int n) { return n; }, "not the built-in one", "n");
