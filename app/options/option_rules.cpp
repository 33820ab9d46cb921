// The rules of the given options; see option_rules.hpp.
#include "options/option_rules.hpp"

#include "options/option_groups.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {
namespace {

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto space = text.find(' ');
    parts.push_back(text.substr(0, space));
    if (space == std::string_view::npos) return parts;
    text.remove_prefix(space + 1);
  }
}

/// "text, json or raw"
std::string joined(const std::vector<std::string_view>& parts) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) text += i + 1 == parts.size() ? " or " : ", ";
    text += parts[i];
  }
  return text;
}

/// "; prun retry takes it". Empty if the modes take it: there are too many.
std::string takers_of(const Option& option) {
  if (overlap(option.words, words::modes)) return {};
  std::vector<std::string_view> names;
  for (const CommandWord& word : command_words()) {
    if (overlap(option.words, word.self)) names.push_back(word.name);
  }
  return fmt::format("; it is for prun {}", joined(names));
}

/// "; did you mean json?", or nothing if no choice is near.
std::string hint_at(std::string_view text, std::string_view choices) {
  const std::string_view meant = text.size() < 3 ? std::string_view() : nearest(text, split(choices));
  return meant.empty() ? std::string() : fmt::format("; did you mean {}?", meant);
}

void check_choice(const GivenOption& given) {
  const Option& option = *given.option;
  if (option.completes != Completes::choices) return;
  const auto choices = split(option.choices);
  if (std::find(choices.begin(), choices.end(), given.text) != choices.end()) return;
  throw UsageError(fmt::format("{} takes {}, not '{}'{}", option.name(), joined(choices), given.text,
                               hint_at(given.text, option.choices)));
}

void take(const GivenOption& given, OptionValues& values) {
  const Option& option = *given.option;
  if (option.take == nullptr) return;
  try {
    option.take(values, {option.name(), given.text});
  } catch (const UsageError& error) {
    if (option.completes != Completes::keywords) throw;
    throw UsageError(error.what() + hint_at(given.text, option.choices), error.help_command());
  }
}

/// `-` means standard input or output elsewhere.
void check_file(const GivenOption& given) {
  const FileUse use = given.option->file;
  if (use == FileUse::none || use == FileUse::read || given.text != "-") return;
  const bool journal = use == FileUse::journal || use == FileUse::read_journal;
  throw UsageError(
      fmt::format("{} {}; ./- means a file with the name -", given.option->name(),
                  journal ? "needs the name of a file" : "cannot write to standard output, which has the results"));
}

/// Returns true if the needed option is given. If a rule names one of its choices, as in "--order longest-first", it must have that
/// value; in "--retries N" any value will do.
bool is_met(std::string_view needed, const CommandLine& line) {
  const auto parts = split(needed);
  const GivenOption* const given = line.find(parts.front());
  if (given == nullptr || parts.size() == 1 || given->option->completes != Completes::choices) return given != nullptr;
  const auto choices = split(given->option->choices);
  return given->text == parts[1] || std::find(choices.begin(), choices.end(), parts[1]) == choices.end();
}

}  // namespace

void choose_entries(CommandLine& line, const CommandWord& word) {
  for (GivenOption& given : line.options) {
    if (overlap(given.option->words, word.self)) continue;
    const Option* other = find_option(given.option->name(), word.self);
    if (other == nullptr || !overlap(other->words, word.self)) {
      throw UsageError(
          fmt::format("prun {} does not take {}{}", word.name, given.option->name(), takers_of(*given.option)));
    }
    given.option = other;
  }
}

void check_combinations(const CommandLine& line) {
  for (const GivenOption& given : line.options) {
    const std::string_view name = given.option->name();
    for (const Exclusion& exclusion : given.option->excludes) {
      if (exclusion.option.empty()) break;
      if (!line.has(exclusion.option)) continue;
      throw UsageError(fmt::format("{} and {} cannot be used together: {}", exclusion.option, name, exclusion.why));
    }
    const std::string_view needed = given.option->needs;
    if (needed.empty() || is_met(needed, line)) continue;
    if (needed.starts_with("--journal") && line.has("--joblog"))
      throw UsageError(fmt::format("{} cannot continue from a job log; record the run with {}", name, needed));
    throw UsageError(fmt::format("{} needs {}", name, needed));
  }
}

void take_values(const CommandLine& line, OptionValues& values) {
  for (const GivenOption& given : line.options) {
    check_choice(given);
    check_file(given);
    take(given, values);
  }
}

}  // namespace prun::app
