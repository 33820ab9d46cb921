// Every function that can be called, by name. What is not registered is asked of loaders, which know the functions of
// plugins, Python files, shared libraries and the like by the form of their names.
#pragma once

#include "function/function.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun {

/// Makes functions of names of one form, such as `article.py:fib`.
class FunctionLoader {
 public:
  using Loaded = tl::expected<std::unique_ptr<Function>, std::string>;
  using LoadedAll = tl::expected<std::vector<std::unique_ptr<Function>>, std::string>;

  FunctionLoader() = default;
  FunctionLoader(const FunctionLoader&) = delete;
  FunctionLoader& operator=(const FunctionLoader&) = delete;
  virtual ~FunctionLoader() = default;

  /// The name has this loader's form. Looks at the text alone.
  [[nodiscard]] virtual bool takes(std::string_view name) const noexcept = 0;
  /// The function of that name, whose name() is exactly `name`. @return what is wrong, for a person
  [[nodiscard]] virtual Loaded load(std::string_view name) = 0;

  /// `target` names a thing of this loader's that has functions, such as `article.py`.
  [[nodiscard]] virtual bool takes_target(std::string_view target) const noexcept = 0;
  /// All functions of it. @return what is wrong, for a person
  [[nodiscard]] virtual LoadedAll load_all(std::string_view target) = 0;
};

/// Not thread-safe.
class Registry {
 public:
  /// @throws std::invalid_argument where the name is taken
  void add(std::unique_ptr<Function> function);

  /// Asked, in order of their addition, for names that are not registered.
  void add(std::unique_ptr<FunctionLoader> loader);

  /// The function of that name, registered or loaded; or null.
  [[nodiscard]] const Function* find(std::string_view name);
  /// Why the last find() that gave null could not load the function; empty where no loader knows names of that form.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  /// A function has that name, or a loader knows the form.
  [[nodiscard]] bool takes(std::string_view name) const noexcept;
  /// Adds every function of a plugin, a Python file, ... and returns them. @return what is wrong, for a person
  [[nodiscard]] tl::expected<std::vector<const Function*>, std::string> load_all(std::string_view target);

  /// Workers are being started: they will know what is here now. What is loaded later is marked late.
  void workers_start() noexcept { workers_started_ = true; }

  /// In order of registration.
  [[nodiscard]] const std::vector<std::unique_ptr<Function>>& functions() const noexcept { return functions_; }

  /// Up to three names near to `name` (edit distance), nearest first; empty where none is near.
  [[nodiscard]] std::vector<std::string_view> nearest(std::string_view name) const;

 private:
  std::vector<std::unique_ptr<FunctionLoader>> loaders_;
  std::string problem_;
  bool workers_started_ = false;
  std::vector<std::unique_ptr<Function>> functions_;
  std::unordered_map<std::string_view, const Function*> by_name_;  // the keys are the functions' own names
};

/// Adds fib, n_fib, ackermann, identity, sleep, is_prime, factorize, collatz, sha256, pi_monte_carlo and
/// matmul_checksum.
void add_builtin_functions(Registry& registry);

}  // namespace prun
