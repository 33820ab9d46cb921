// See builtins.hpp.
#include "support/builtins.hpp"

#include <memory>

namespace prun::test {

Registry& builtins() {
  static const auto registry = [] {
    auto made = std::make_unique<Registry>();
    add_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

const Function& builtin(std::string_view name) { return *builtins().find(name); }

}  // namespace prun::test
