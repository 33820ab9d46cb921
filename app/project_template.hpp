// The files of the project that `prun new plugin` writes, as they lie in templates/. It does not know where they go.
#pragma once

#include <span>
#include <string_view>

namespace prun::app {

struct TemplateFile {
  std::string_view name;  ///< a leading NAME stands for the project's
  std::string_view text;  ///< `@NAME@` stands for it
};

[[nodiscard]] std::span<const TemplateFile> plugin_template() noexcept;

}  // namespace prun::app
