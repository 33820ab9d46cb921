// Finds functions of plugins by names such as `./mine.so:collatz`. Loads each plugin once.
#pragma once

#include "function/registry.hpp"
#include "native/library_search.hpp"
#include "native/plugin.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace prun::native {

class PluginLoader final : public FunctionLoader {
 public:
  explicit PluginLoader(LibrarySearch search) : search_(std::move(search)) {}

  /// `./mine.so:collatz`; also `mine:collatz` if a folder of the search path contains mine.so, which it checks.
  [[nodiscard]] bool takes(std::string_view name) const noexcept override;
  [[nodiscard]] Loaded load(std::string_view name) override;
  [[nodiscard]] bool takes_target(std::string_view target) const noexcept override;
  /// The functions have names of the form `target:function`.
  [[nodiscard]] LoadedAll load_all(std::string_view target) override;

  /// All functions of a plugin with their names in the plugin, for `--plugin`.
  [[nodiscard]] LoadedAll load_bare(std::string_view target);

 private:
  [[nodiscard]] Plugin::Opened open(std::string_view target);
  [[nodiscard]] LoadedAll load_all(std::string_view target, std::string_view prefix);

  LibrarySearch search_;
  std::map<std::string, Plugin::Opened> opened_;  // by file; a failed load is not repeated
};

}  // namespace prun::native
