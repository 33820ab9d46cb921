// Every function that can be called, by name.
#pragma once

#include "function/function.hpp"

#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun {

class Registry {
 public:
  /// @throws std::invalid_argument where the name is taken
  void add(std::unique_ptr<Function> function);

  /// The function of that name, or null.
  [[nodiscard]] const Function* find(std::string_view name) const noexcept;

  /// In order of registration.
  [[nodiscard]] const std::vector<std::unique_ptr<Function>>& functions() const noexcept { return functions_; }

  /// Up to three names near to `name` (edit distance), nearest first; empty where none is near.
  [[nodiscard]] std::vector<std::string_view> nearest(std::string_view name) const;

 private:
  std::vector<std::unique_ptr<Function>> functions_;
  std::unordered_map<std::string_view, const Function*> by_name_;  // the keys are the functions' own names
};

/// Adds fib, n_fib, ackermann, identity, sleep, is_prime, factorize, collatz, sha256, pi_monte_carlo and
/// matmul_checksum.
void add_builtin_functions(Registry& registry);

}  // namespace prun
