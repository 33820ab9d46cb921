// All callable functions by name. For names that are not registered it asks loaders, which recognize the names of functions
// in plugins, Python files, shared libraries and so on by their form.
#pragma once

#include "function/function.hpp"

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun {

/// Creates functions for names of one form, such as `article.py:fib`.
class FunctionLoader {
 public:
  using Loaded = tl::expected<std::unique_ptr<Function>, std::string>;
  using LoadedAll = tl::expected<std::vector<std::unique_ptr<Function>>, std::string>;

  FunctionLoader() = default;
  FunctionLoader(const FunctionLoader&) = delete;
  FunctionLoader& operator=(const FunctionLoader&) = delete;
  virtual ~FunctionLoader() = default;

  /// Returns true if the name has this loader's form. Reads only the text.
  [[nodiscard]] virtual bool takes(std::string_view name) const noexcept = 0;
  /// Loads the function whose name() is exactly `name`. @return what is wrong, for the user
  [[nodiscard]] virtual Loaded load(std::string_view name) = 0;

  /// Looks for a function whose name has no loader's form. @return null if there is none; what is wrong, for the user
  [[nodiscard]] virtual Loaded search(std::string_view) { return nullptr; }

  /// Returns true if `target` names something with functions for this loader, such as `article.py`.
  [[nodiscard]] virtual bool takes_target(std::string_view target) const noexcept = 0;
  /// Loads all its functions. @return what is wrong, for the user
  [[nodiscard]] virtual LoadedAll load_all(std::string_view target) = 0;
};

/// Not thread-safe.
class Registry {
 public:
  /// @throws std::invalid_argument if the name exists already
  void add(std::unique_ptr<Function> function);

  /// Loaders are asked for unregistered names, in the order in which they were added.
  void add(std::unique_ptr<FunctionLoader> loader);

  /// The function of that name, registered or loaded; null if there is none.
  [[nodiscard]] const Function* find(std::string_view name);
  /// Why the last find() returned null; empty if no loader recognizes the form of the name.
  [[nodiscard]] const std::string& problem() const noexcept { return problem_; }
  /// Returns true if a function has that name or a loader recognizes its form.
  [[nodiscard]] bool takes(std::string_view name) const noexcept;
  /// Adds and returns every function of a plugin, a Python file, ... @return what is wrong, for the user
  [[nodiscard]] tl::expected<std::vector<const Function*>, std::string> load_all(std::string_view target);

  /// Workers are being started and know the functions registered so far. Functions loaded later are marked late.
  void workers_start() noexcept { workers_started_ = true; }

  /// In order of registration.
  [[nodiscard]] const std::vector<std::unique_ptr<Function>>& functions() const noexcept { return functions_; }

  /// Up to three names near to `name` (edit distance), nearest first. Empty if none is near.
  [[nodiscard]] std::vector<std::string_view> nearest(std::string_view name) const;

 private:
  /// Adds a function that a loader has found, or sets the problem and returns null.
  const Function* added(FunctionLoader::Loaded loaded);

  std::vector<std::unique_ptr<FunctionLoader>> loaders_;
  std::string problem_;
  bool workers_started_ = false;
  std::vector<std::unique_ptr<Function>> functions_;
  std::unordered_map<std::string_view, const Function*> by_name_;  // the keys are views of the functions' names
};

/// Adds fib, n_fib, ackermann, identity, sleep, is_prime, factorize, collatz, sha256, pi_monte_carlo and
/// matmul_checksum.
void add_builtin_functions(Registry& registry);

}  // namespace prun
