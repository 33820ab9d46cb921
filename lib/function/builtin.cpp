// Registers the built-in functions in the order in which they are listed.
#include "function/builtin.hpp"

namespace prun {

void add_builtin_functions(Registry& registry) {
  builtin::add_recursion(registry);
  builtin::add_basics(registry);
  builtin::add_number_theory(registry);
  builtin::add_numerics(registry);
}

}  // namespace prun
