// See plugin_loader.hpp.
#include "native/plugin_loader.hpp"

#include "native/plugin_function.hpp"
#include "native/shared_library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun::native {
namespace {

constexpr std::string_view identifier = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

struct Parts {
  std::string_view target;
  std::string_view function;
};

/// The parts of `target:function`; both empty if the text does not have that form.
Parts split(std::string_view name) noexcept {
  const std::size_t colon = name.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == name.size()) return {};
  const std::string_view function = name.substr(colon + 1);
  if (function.find_first_not_of(identifier) != std::string_view::npos) return {};
  return {name.substr(0, colon), function};
}

bool is_bare(std::string_view target) noexcept {
  return !target.empty() && target.find_first_of("/:") == std::string_view::npos;
}

}  // namespace

bool PluginLoader::takes(std::string_view name) const noexcept { return takes_target(split(name).target); }

bool PluginLoader::takes_target(std::string_view target) const noexcept {
  if (names_shared_library(target)) return true;
  return is_bare(target) && !search_.empty() && !search_.find_bare(target).empty();
}

FunctionLoader::Loaded PluginLoader::load(std::string_view name) {
  const Parts parts = split(name);
  return open(parts.target).and_then([&](std::shared_ptr<Plugin> plugin) -> Loaded {
    const auto function = plugin->find(parts.function);
    if (!function) return tl::unexpected(function.error());
    return make_plugin_function(std::string(name), std::move(plugin), **function);
  });
}

FunctionLoader::LoadedAll PluginLoader::load_all(std::string_view target) {
  return load_all(target, fmt::format("{}:", target));
}

FunctionLoader::LoadedAll PluginLoader::load_bare(std::string_view target) {
  if (is_bare(target) && !names_shared_library(target) && search_.find_bare(target).empty()) {
    return tl::unexpected(fmt::format("'{0}' is not a shared library, and {0}.so is not in PRUN_PLUGIN_PATH ({1})",
                                      target, search_.empty() ? "which is not set" : search_.folders()));
  }
  return load_all(target, "");
}

FunctionLoader::LoadedAll PluginLoader::load_all(std::string_view target, std::string_view prefix) {
  return open(target).map([&](const std::shared_ptr<Plugin>& plugin) {
    std::vector<std::unique_ptr<Function>> functions;
    for (const prun_function* function : plugin->functions()) {
      functions.push_back(make_plugin_function(fmt::format("{}{}", prefix, function->name), plugin, *function));
    }
    return functions;
  });
}

Plugin::Opened PluginLoader::open(std::string_view target) {
  std::string file =
      names_shared_library(target) || !is_bare(target) ? search_.file_of(target) : search_.find_bare(target);
  if (const auto known = opened_.find(file); known != opened_.end()) return known->second;
  auto plugin = Plugin::open(file);
  if (!plugin) return opened_.emplace(std::move(file), std::move(plugin)).first->second;
  const auto same = std::find_if(opened_.begin(), opened_.end(), [&](const auto& known) {
    return known.second && (*known.second)->library() == (*plugin)->library();
  });
  if (same != opened_.end()) plugin = same->second;  // its initializer has already run or will run once
  opened_.emplace(std::move(file), plugin);
  return plugin;
}

}  // namespace prun::native
