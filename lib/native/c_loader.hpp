// Finds C functions by names that contain their types, such as `libm.so.6:cbrt(double)->double`. Loads each library once.
#pragma once

#include "function/registry.hpp"
#include "native/shared_library.hpp"

#include <map>
#include <string>
#include <string_view>

namespace prun::native {

class CLoader final : public FunctionLoader {
 public:
  [[nodiscard]] bool takes(std::string_view name) const noexcept override;
  [[nodiscard]] Loaded load(std::string_view name) override;
  /// A name with its types is a target with one function. A library alone is not: it does not describe its functions.
  [[nodiscard]] bool takes_target(std::string_view target) const noexcept override { return takes(target); }
  [[nodiscard]] LoadedAll load_all(std::string_view target) override;

 private:
  using Opened = tl::expected<SharedLibrary, std::string>;

  [[nodiscard]] Opened open(const std::string& file);

  std::map<std::string, Opened> opened_;  // a failed load is not repeated
};

}  // namespace prun::native
