// The manual page prun(1): a template with the option entries in it. It is called by the build, not by prun.
#pragma once

#include <string>
#include <string_view>

namespace prun::app {

/// The line of the template that the options replace.
inline constexpr std::string_view options_line = ".\\\" OPTIONS\n";

/// @throws std::runtime_error if the template has no such line
[[nodiscard]] std::string man_page(std::string_view page_template);

/// The options as mdoc(7): a subsection for each group.
[[nodiscard]] std::string man_options();

}  // namespace prun::app
