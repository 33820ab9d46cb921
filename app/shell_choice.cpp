// See shell_choice.hpp.
#include "shell_choice.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

/// `BASH_FUNC_name%%=() { ...`; empty: any name.
bool has_exported_function(std::string_view name) {
  constexpr std::string_view beginning = "BASH_FUNC_";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    std::string_view text = *entry;
    if (!text.starts_with(beginning)) continue;
    text.remove_prefix(beginning.size());
    const auto end = text.find("%%=");
    if (end != std::string_view::npos && (name.empty() || text.substr(0, end) == name)) return true;
  }
  return false;
}

void refuse_other_languages(const std::string& shell, std::string_view source) {
  static constexpr std::array<std::string_view, 7> others{"fish", "csh", "tcsh", "nu", "pwsh", "elvish", "xonsh"};
  const std::string_view base = std::string_view(shell).substr(shell.rfind('/') + 1);
  if (std::find(others.begin(), others.end(), base) == others.end()) return;
  throw UsageError(fmt::format(
      "{} takes a shell that reads quotes as POSIX says, such as sh, bash, dash, ksh or zsh, not '{}'", source, shell));
}

}  // namespace

std::string chosen_shell(const std::optional<std::string>& option) {
  if (option) {
    if (option->empty()) throw UsageError("--shell is empty; it must name a shell");
    refuse_other_languages(*option, "--shell");
    return *option;
  }
  if (const char* variable = std::getenv("PRUN_SHELL"); variable != nullptr && *variable != '\0') {
    refuse_other_languages(variable, "PRUN_SHELL");
    return variable;
  }
  return has_exported_function({}) ? "bash" : "/bin/sh";
}

bool is_exported_function(std::string_view name) { return !name.empty() && has_exported_function(name); }

std::string exported_functions() {
  std::vector<std::string_view> functions;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (text.starts_with("BASH_FUNC_") && text.find("%%=") != std::string_view::npos) functions.push_back(text);
  }
  std::ranges::sort(functions);
  std::string all;
  for (const std::string_view function : functions) all.append(function).append(1, '\n');
  return all;
}

}  // namespace prun::app
