// The files of a project of `prun new plugin`, from templates/. It does not know where they are written.
#pragma once

#include <span>
#include <string_view>

namespace prun::app {

struct TemplateFile {
  std::string_view name;  ///< a leading NAME is replaced by the project's name
  std::string_view text;  ///< `@NAME@` is replaced by the project's name
};

[[nodiscard]] std::span<const TemplateFile> plugin_template() noexcept;

}  // namespace prun::app
