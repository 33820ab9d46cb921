// Scripts with which shells complete prun's command lines, made of the tables of words and options.
#pragma once

#include <string>
#include <string_view>

namespace prun::app {

/// @param shell "bash", "zsh" or "fish"
[[nodiscard]] std::string completion_script(std::string_view shell);

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

}  // namespace prun::app
