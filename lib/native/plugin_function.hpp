// A function of a plugin as a Function of prun. It does not know how it was found.
#pragma once

#include "function/function.hpp"
#include "native/plugin.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace prun::native {

/// @param name the name in prun, not the name in the plugin
[[nodiscard]] std::unique_ptr<Function> make_plugin_function(std::string name, std::shared_ptr<Plugin> plugin,
                                                             const prun_function& function);

}  // namespace prun::native
