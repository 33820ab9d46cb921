#include "command/merged_environment.hpp"

#include <algorithm>
#include <string_view>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::command {
namespace {

bool has(const Variables& variables, std::string_view name) {
  return std::any_of(variables.begin(), variables.end(),
                     [name](const auto& variable) { return variable.first == name; });
}

}  // namespace

std::vector<std::string> merged_environment(const Variables& own, const Variables& common) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::string_view name = text.substr(0, text.find('='));
    if (!has(own, name) && !has(common, name)) merged.emplace_back(text);
  }
  const auto add = [&merged](const auto& variable) {
    merged.emplace_back(variable.first).append("=").append(variable.second);
  };
  for (const auto& variable : own) add(variable);
  for (const auto& variable : common) {
    if (!has(own, variable.first)) add(variable);
  }
  return merged;
}

}  // namespace prun::command
