// A function of a plugin, as one of prun's. It does not know how it was found.
#pragma once

#include "function/function.hpp"
#include "native/plugin.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace prun::native {

/// @param name what it is called by; not its name in the plugin
[[nodiscard]] std::unique_ptr<Function> make_plugin_function(std::string name, std::shared_ptr<Plugin> plugin,
                                                             const prun_function& function);

}  // namespace prun::native
