// Options of GNU parallel that prun does not take, each with what to use instead.
#pragma once

#include <string_view>

namespace prun::app {

/// Returns a sentence such as "--journal FILE records ..."; empty for any other option.
/// @param name as it was typed, without a value: `--tmux`, `-s`
[[nodiscard]] std::string_view instead_of(std::string_view name) noexcept;

}  // namespace prun::app
