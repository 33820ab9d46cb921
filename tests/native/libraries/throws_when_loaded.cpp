// A plugin that does too early what it should do in an initializer.
#include <prun/function.hpp>

#include <stdexcept>

namespace {

int connect() { throw std::runtime_error("no server"); }
const int connection = connect();
PRUN_FUNCTION(
    use, [](int n) { return n + connection; }, "", "n");

}  // namespace
