// What to say of a name that no function has.
#include "input/function_finder.hpp"

#include "input/text_error.hpp"

#include <fmt/format.h>

namespace prun {

std::string FunctionFinder::describe_unknown(std::string_view name) const {
  if (registry_->find(name) == nullptr && !registry_->problem().empty()) return registry_->problem();
  const std::vector<std::string_view> near = registry_->nearest(name);
  const std::string hint =
      near.empty() ? "`prun functions` lists the functions" : fmt::format("did you mean {}?", alternatives(near));
  return fmt::format("unknown function '{}'; {}", printable_line(name), hint);
}

}  // namespace prun
