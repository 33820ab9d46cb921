// The list of groups; see option_groups.hpp.
#include "options/option_groups.hpp"

#include <array>

namespace prun::app {
namespace {

constexpr std::array<const OptionGroup*, 16> all_groups{
    &groups::workers,  &groups::cluster,        &groups::functions, &groups::input,
    &groups::commands, &groups::command_inputs, &groups::pipes,     &groups::command_outputs,
    &groups::output,   &groups::failures,       &groups::limits,    &groups::load,
    &groups::journal,  &groups::report,         &groups::progress,  &groups::general,
};

}  // namespace

std::span<const OptionGroup* const> option_groups() noexcept { return all_groups; }

const Option* find_option(std::string_view name, WordSet word) noexcept {
  const Option* other = nullptr;
  for (const OptionGroup* group : all_groups) {
    for (const Option& option : group->options) {
      if (!any_name_of(option, [name](std::string_view known) { return known == name; })) continue;
      if (overlap(option.words, word)) return &option;
      if (other == nullptr) other = &option;
    }
  }
  return other;
}

}  // namespace prun::app
