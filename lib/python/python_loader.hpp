// Finds Python functions by names such as `article.py:fib` and `package.module:function`. It asks a Python process for the
// functions, once per file or module. That process lives as long as the loader, and is forked for workers.
#pragma once

#include "function/registry.hpp"
#include "python/python_options.hpp"
#include "python/python_server.hpp"
#include "serving/hello.hpp"
#include "sys/fd.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace prun::python {

class PythonLoader final : public FunctionLoader {
 public:
  explicit PythonLoader(PythonOptions options);

  /// The functions that the code of the options defines, with their bare names.
  [[nodiscard]] LoadedAll load_code();
  /// `article.py:fib`, `package.module:function`, `article.py:Class.method`, `lambda x: x**2`
  [[nodiscard]] bool takes(std::string_view name) const noexcept override;
  [[nodiscard]] Loaded load(std::string_view name) override;
  /// Any other name of the code of the options: `sqrt`, which it imports, `Class.method`
  [[nodiscard]] Loaded search(std::string_view name) override;
  /// `article.py`, `package.module`
  [[nodiscard]] bool takes_target(std::string_view target) const noexcept override;
  /// The functions in `__all__`, or the public ones defined by the module itself, named `target:function`.
  [[nodiscard]] LoadedAll load_all(std::string_view target) override;

 private:
  struct Problem {
    std::string text;
    bool missing = false;  ///< the target or the code has no function of that name
  };
  using Offers = tl::expected<std::vector<serving::Offer>, Problem>;

  [[nodiscard]] const Offers& offers_of(const std::string& target);
  [[nodiscard]] Offers ask(const std::string& target, const std::string& path);

  bool has_code_;
  sys::Fd worker_end_;  ///< socket on which workers request forks of the server
  sys::Fd server_end_;  ///< until the first server has it
  std::unique_ptr<PythonServer> server_;
  std::map<std::string, Offers> known_;
};

}  // namespace prun::python
