// What the scripts of all shells are made of; see completion_words.hpp.
#include "completion/completion_words.hpp"

#include "completion/completion.hpp"
#include "options/option_groups.hpp"
#include "sem/sem_options.hpp"
#include "xargs/xargs_options.hpp"

#include <algorithm>

namespace prun::app {
namespace {

std::vector<const Option*> options_of(WordSet takers) {
  std::vector<const Option*> options;
  for (const OptionGroup* group : option_groups()) {
    for (const Option& option : group->options) {
      if (overlap(option.words, takers)) options.push_back(&option);
    }
  }
  return options;
}

}  // namespace

std::vector<WordGroup> word_groups() {
  std::vector<WordGroup> groups;
  for (const CommandWord& word : command_words()) {
    const auto options = options_of(word.self);
    const auto same = std::ranges::find_if(groups, [&](const WordGroup& group) { return group.options == options; });
    if (same == groups.end()) {
      groups.push_back({{word.name}, options});
    } else {
      same->words.push_back(word.name);
    }
  }
  return groups;
}

std::vector<const Option*> options_before_words() { return options_of(words::modes); }

std::vector<std::string_view> names_of(const Option& option) {
  std::vector<std::string_view> names;
  any_name(option.names, [&](std::string_view name) {
    names.push_back(name);
    return false;
  });
  return names;
}

std::vector<std::string_view> names_with_value() {
  std::vector<std::string_view> names;
  for (const Option* option : options_of(words::all)) {
    if (option->is_flag()) continue;
    any_name_of(*option, [&](std::string_view name) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
      return false;
    });
  }
  return names;
}

std::vector<ForeignWord> foreign_words() { return {{"sem", sem_option_names()}, {"xargs", xargs_option_names()}}; }

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return joined(std::vector<std::string_view>(parts.begin(), parts.end()), between);
}

std::string joined(const std::vector<std::string_view>& parts, std::string_view between) {
  std::string text;
  for (const std::string_view part : parts) {
    if (!text.empty()) text += between;
    text += part;
  }
  return text;
}

std::string completion_script(std::string_view shell) {
  if (shell == "bash") return bash_completion();
  if (shell == "zsh") return zsh_completion();
  return fish_completion();
}

}  // namespace prun::app
