// Functions by name for sources that ask for the same one again and again. It does not know where names come from.
#pragma once

#include "function/registry.hpp"

#include <string>
#include <string_view>

namespace prun {

class FunctionFinder {
 public:
  /// @param registry must outlive this
  explicit FunctionFinder(Registry& registry) noexcept : registry_(&registry) {}

  /// The function of that name, or null.
  [[nodiscard]] const Function* find(std::string_view name) {
    if (last_ != nullptr && name == last_name_) return last_;
    const Function* found = registry_->find(name);
    if (found == nullptr) return nullptr;
    last_ = found;
    last_name_ = found->name();
    return found;
  }

  /// "unknown function 'fibb'; did you mean fib or n_fib?", or why it cannot be loaded
  [[nodiscard]] std::string describe_unknown(std::string_view name) const;

 private:
  Registry* registry_;
  const Function* last_ = nullptr;
  std::string_view last_name_;
};

/// "fib", "fib or n_fib", "fib, n_fib or ackermann"
template <class Names>
[[nodiscard]] std::string alternatives(const Names& names) {
  std::string text;
  std::size_t left = names.size();
  for (const auto& name : names) {
    text += name;
    --left;
    if (left > 0) text += left == 1 ? " or " : ", ";
  }
  return text;
}

}  // namespace prun
