// Finds Python functions by names such as `article.py:fib` and `package.module:function`. Asks a Python process what there is, once
// a file or module.
#pragma once

#include "function/registry.hpp"
#include "serving/hello.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prun::python {

class PythonLoader final : public FunctionLoader {
 public:
  /// @param python the program: a path, or a name to be found on PATH
  explicit PythonLoader(std::string python);

  /// `article.py:fib`, `package.module:function`, `article.py:Class.method`
  [[nodiscard]] bool takes(std::string_view name) const noexcept override;
  [[nodiscard]] Loaded load(std::string_view name) override;
  /// `article.py`, `package.module`
  [[nodiscard]] bool takes_target(std::string_view target) const noexcept override;
  /// Named `target:function`: those of `__all__`, or the public ones that are the module's own.
  [[nodiscard]] LoadedAll load_all(std::string_view target) override;

 private:
  using Offers = tl::expected<std::vector<serving::Offer>, std::string>;

  [[nodiscard]] const Offers& offers_of(const std::string& target);
  [[nodiscard]] static Offers ask(const std::string& target, const std::string& path);

  std::map<std::string, Offers> known_;
};

}  // namespace prun::python
