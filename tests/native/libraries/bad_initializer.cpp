// A plugin whose workers cannot be set up.
#include <prun/function.hpp>

#include <stdexcept>

PRUN_INITIALIZER([] { throw std::runtime_error("no model at /models"); });
PRUN_FUNCTION(
    use, [](int n) { return n; }, "", "n");
