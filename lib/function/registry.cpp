// The functions by name, and suggestions for unknown names.
#include "function/registry.hpp"

#include "function/edit_distance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t longest_name = 64;  // a longer name is not a typing error, and comparing it would cost time

/// How near `name` is to `candidate` (smaller is nearer). Absent if it is not near. A part of a name ("matmul") counts as
/// near.
std::optional<std::size_t> nearness(std::string_view name, std::string_view candidate) {
  const std::size_t distance = edit_distance(name, candidate);
  const std::size_t limit = std::max<std::size_t>(1, std::max(name.size(), candidate.size()) / 3);
  if (distance <= limit && distance < candidate.size()) return distance;
  const bool part = name.size() >= 2 && candidate.find(name) != std::string_view::npos;
  return part ? std::optional(limit + 1) : std::nullopt;
}

}  // namespace

void Registry::add(std::unique_ptr<Function> function) {
  const std::string_view name = function->name();
  if (by_name_.contains(name)) {
    throw std::invalid_argument("a function named " + std::string(name) + " is registered already");
  }
  function->late_ = workers_started_;
  functions_.push_back(std::move(function));
  by_name_.emplace(name, functions_.back().get());
}

void Registry::add(std::unique_ptr<FunctionLoader> loader) { loaders_.push_back(std::move(loader)); }

const Function* Registry::find(std::string_view name) {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  problem_.clear();
  const auto taking = std::ranges::find_if(loaders_, [&](const auto& loader) { return loader->takes(name); });
  if (taking != loaders_.end()) return added((*taking)->load(name));
  for (const auto& loader : loaders_) {
    auto found = loader->search(name);
    if (!found || *found) return added(std::move(found));
  }
  return nullptr;
}

const Function* Registry::added(FunctionLoader::Loaded loaded) {
  if (!loaded) {
    problem_ = std::move(loaded.error());
    return nullptr;
  }
  add(std::move(*loaded));
  return functions_.back().get();
}

bool Registry::takes(std::string_view name) const noexcept {
  return by_name_.contains(name) ||
         std::any_of(loaders_.begin(), loaders_.end(), [name](const auto& loader) { return loader->takes(name); });
}

tl::expected<std::vector<const Function*>, std::string> Registry::load_all(std::string_view target) {
  for (const auto& loader : loaders_) {
    if (!loader->takes_target(target)) continue;
    auto loaded = loader->load_all(target);
    if (!loaded) return tl::unexpected(std::move(loaded.error()));
    std::vector<const Function*> functions;
    for (auto& function : *loaded) {
      const auto known = by_name_.find(function->name());
      if (known == by_name_.end()) add(std::move(function));
      functions.push_back(known == by_name_.end() ? functions_.back().get() : known->second);
    }
    return functions;
  }
  return tl::unexpected(
      fmt::format("'{}' does not contain functions: it is not a plugin, a Python file or a Python module", target));
}

std::vector<std::string_view> Registry::nearest(std::string_view name) const {
  std::vector<std::pair<std::size_t, std::string_view>> near;
  if (name.size() > longest_name) return {};
  for (const auto& function : functions_) {
    if (const auto distance = nearness(name, function->name())) near.emplace_back(*distance, function->name());
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string_view> names;
  for (std::size_t i = 0; i < near.size() && i < 3; ++i) names.push_back(near[i].second);
  return names;
}

}  // namespace prun
