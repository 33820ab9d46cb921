// See config_options.hpp.
#include "config/config_options.hpp"

#include "options/option_groups.hpp"
#include "options/option_rules.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// The options of a line, each checked by itself.
std::vector<GivenOption> options_of(const ConfigLine& line) try {
  std::vector<const char*> argv{"prun"};
  for (const std::string& word : line.words) argv.push_back(word.c_str());
  const CommandLine split = split_command_line(static_cast<int>(argv.size()), argv.data());
  if (split.form != LineForm::commands || split.words.size() > 1 || split.lists_at || split.dashes_at)
    throw UsageError(fmt::format("a line of options cannot have '{}', which is no option", line.words.back()));
  for (const GivenOption& given : split.options) {
    const std::string_view name = given.option->name();
    if (name == "--profile" || name == "--no-config" || given.option->take == nullptr)
      throw UsageError(fmt::format("{} is for the command line only", name));
    OptionValues unused;
    take_values({{given}, {}, {}, {}}, unused);
  }
  return split.options;
} catch (const UsageError& error) {
  throw UsageError(fmt::format("{}: {}", line.place, error.what()));
}

/// Options of which some values exclude each other: options.cpp says which.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> doubtful{
    {{"--format", "--output"}, {"--output", "--format"}}};

bool excludes(const Option& option, const CommandLine& line) {
  if (std::ranges::any_of(doubtful,
                          [&](const auto& pair) { return pair.first == option.name() && line.has(pair.second); }))
    return true;
  return std::ranges::any_of(option.excludes, [&](const Exclusion& exclusion) {
    return !exclusion.option.empty() && line.has(exclusion.option);
  });
}

/// Of the command line itself, or of later lines.
bool contradicts(const GivenOption& given, const CommandLine& line) {
  if (line.has(given.option->name()) || excludes(*given.option, line)) return true;
  const std::string_view name = given.option->name();
  return std::ranges::any_of(line.options, [&](const GivenOption& other) {
    return std::ranges::any_of(other.option->excludes,
                               [&](const Exclusion& exclusion) { return exclusion.option == name; });
  });
}

bool fits(const GivenOption& given, const CommandWord& word, bool runs_commands) {
  return overlap(given.option->words, word.self) && (runs_commands || given.option->runs == Runs::anything);
}

std::size_t place_of(const Option* option) {
  std::size_t place = 0;
  for (const OptionGroup* group : option_groups()) {
    if (option >= group->options.data() && option < group->options.data() + group->options.size())
      return place + static_cast<std::size_t>(option - group->options.data());
    place += group->options.size();
  }
  return place;
}

std::string as_word(const GivenOption& given) {
  const std::string_view name = given.option->name();
  return given.option->is_flag() ? std::string(name) : fmt::format("{}={}", name, given.text);
}

/// Options that lack what they need are left out, until none does.
void drop_needy(CommandLine& line, std::vector<GivenOption>& added) {
  const auto is_needy = [&](const GivenOption& given) {
    const std::string_view needed = given.option->needs;
    return !needed.empty() && !line.has(needed.substr(0, needed.find(' ')));
  };
  for (auto found = std::ranges::find_if(added, is_needy); found != added.end();
       found = std::ranges::find_if(added, is_needy)) {
    std::erase_if(line.options, [&](const GivenOption& given) { return given.option == found->option; });
    added.erase(found);
  }
}

}  // namespace

std::vector<std::string> add_config(const std::vector<ConfigLine>& lines, const CommandWord& word, bool runs_commands,
                                    CommandLine& line) {
  std::vector<GivenOption> added;
  for (std::size_t i = lines.size(); i-- > 0;) {  // later lines win, so they come first
    std::vector<GivenOption> found = options_of(lines[i]);
    std::erase_if(
        found, [&](const GivenOption& given) { return contradicts(given, line) || !fits(given, word, runs_commands); });
    line.options.insert(line.options.end(), found.begin(), found.end());
    added.insert(added.end(), found.begin(), found.end());
  }
  drop_needy(line, added);
  std::ranges::stable_sort(line.options, {}, [](const GivenOption& given) { return place_of(given.option); });
  std::vector<std::string> words;
  words.reserve(added.size());
  for (const GivenOption& given : added) words.push_back(as_word(given));
  return words;
}

}  // namespace prun::app
