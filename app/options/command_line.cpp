// Splits a command line; see command_line.hpp. The one file that knows CLI11.
#include "options/command_line.hpp"

#include "first_word_advice.hpp"
#include "options/foreign_options.hpp"
#include "options/list_signs.hpp"
#include "options/option_groups.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <deque>
#include <span>
#include <utility>

namespace prun::app {
namespace {

/// Where CLI11 stores what it reads of one option. It keeps pointers, so a slot never moves.
struct Slot {
  const Option* option;
  CLI::Option* parsed = nullptr;
  bool flag = false;
  std::vector<std::string> values{};
};

/// The names as CLI11 gets them, without -0: it would take `-0.5` for -0 with a value. prepare() replaces `-0`.
std::string names_to_declare(const Option& option) {
  std::string declared;
  any_name_of(option, [&](std::string_view name) {
    if (name == "-0") return false;
    declared.append(declared.empty() ? "" : ",").append(name);
    return false;
  });
  return declared;
}

bool means(std::string_view word, std::string_view name) {
  if (!name.starts_with("--")) return !word.starts_with("--") && word.find(name[1]) != std::string_view::npos;
  return word.starts_with(name) && (word.size() == name.size() || word[name.size()] == '=');
}

/// Declares the options that the words may mean, and no others: CLI11 compares each option that is declared with all
/// before it, which took a third of the shortest run.
void declare(CLI::App& app, std::deque<Slot>& slots, const std::vector<std::string>& words) {
  app.set_help_flag();
  app.allow_extras();
  std::vector<std::string_view> dashed;
  for (const std::string_view word : words) {
    if (word.starts_with('-')) dashed.push_back(word);
  }
  if (dashed.empty()) return;
  for (const OptionGroup* group : option_groups()) {
    for (const Option& option : group->options) {
      const bool meant = any_name_of(option, [&](std::string_view name) {
        return std::ranges::any_of(dashed, [name](std::string_view word) { return means(word, name); });
      });
      const auto same = [&](const Slot& slot) { return slot.option->names == option.names; };
      if (!meant || std::ranges::any_of(slots, same)) continue;
      Slot& slot = slots.emplace_back(Slot{&option});
      if (option.is_flag()) {
        slot.parsed = app.add_flag(names_to_declare(option), slot.flag);
        continue;
      }
      slot.parsed = app.add_option(names_to_declare(option), slot.values)
                        ->type_size(1)
                        ->allow_extra_args(false)
                        ->multi_option_policy(option.repeatable ? CLI::MultiOptionPolicy::TakeAll
                                                                : CLI::MultiOptionPolicy::TakeLast);
    }
  }
}

/// The value that an option has if it is given without one; empty: it needs one, or is a flag, or is none.
std::string_view implied_value(std::string_view argument) {
  if (!argument.starts_with("--")) return {};
  const Option* option = find_option(argument);
  return option != nullptr ? option->implied : std::string_view();
}

bool asks_slurm(std::string_view argument) { return argument == "--slurm" || argument.starts_with("--slurm="); }

/// `-N 4` and `-N4` as salloc takes it.
void take_as_nodes(std::string& argument) {
  if (!argument.starts_with("-N")) return;
  argument = argument.size() == 2 ? std::string("--nodes") : "--nodes=" + argument.substr(2);
}

/// `-0` is --null, but `-0.5` and `-0..3` are inputs: CLI11 is never shown a short option that is a digit.
std::vector<std::string> prepare(std::span<const char* const> before_end) {
  std::vector<std::string> arguments;
  for (const std::string_view word : before_end) {
    const auto others = without_null(word);
    if (others) arguments.emplace_back("--null");
    if (!others || others->size() > 1) arguments.push_back(others.value_or(std::string(word)));
  }
  if (std::ranges::any_of(arguments, asks_slurm)) std::ranges::for_each(arguments, take_as_nodes);
  for (std::string& argument : arguments) {
    if (const auto value = implied_value(argument); !value.empty()) argument.append("=").append(value);
    if (argument.starts_with("--") && argument.size() > 3 && argument.ends_with('=') &&
        std::count(argument.begin(), argument.end(), '=') == 1) {
      throw UsageError(fmt::format("{} needs a value", argument.substr(0, argument.size() - 1)));
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // the order in which CLI11 takes a vector
  return arguments;
}

/// @param runs_command the line has no mode: a short option is then not meant as an input of a function
[[noreturn]] void refuse_unknown(std::string_view word, bool runs_command) {
  const bool is_long = word.starts_with("--");
  const std::string_view name = word.substr(0, is_long ? word.find('=') : runs_command ? 2 : std::string_view::npos);
  const std::string_view advice = is_long || runs_command ? instead_of(name) : std::string_view{};
  if (!advice.empty())
    throw UsageError(fmt::format("{} is an option of GNU parallel that prun does not take: {}", name, advice));
  std::vector<std::string_view> candidates;
  for (const OptionGroup* group : option_groups()) {
    for (const Option& option : group->options) {
      any_name(option.names, [&](std::string_view known) {
        if (known.starts_with("--")) candidates.push_back(known);
        return false;
      });
    }
  }
  const std::string_view meant = is_long ? nearest(name, candidates) : std::string_view{};
  throw UsageError(meant.empty() ? fmt::format("unknown option {}; an input that begins with - goes after --", name)
                                 : fmt::format("unknown option {}; did you mean {}?", name, meant));
}

std::vector<std::string> words_of(const CLI::App& app, LineForm form) {
  std::vector<std::string> words = app.remaining();
  const auto option = std::find_if(words.begin(), words.end(), looks_like_option);
  if (option == words.end()) return words;
  if (const std::string meant = describe_command_in_mode(words); form == LineForm::word && !meant.empty())
    throw UsageError(meant);
  refuse_unknown(*option, form != LineForm::word);
}

void parse(CLI::App& app, std::vector<std::string> arguments) {
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& e) {
    const std::string_view what = e.what();
    throw UsageError(fmt::format("{} needs a value", what.substr(0, what.find_first_of(": "))));
  } catch (const CLI::ConversionError& e) {  // only flags convert: --quiet=perhaps
    const std::string_view what = e.what();
    const std::string_view option = what.substr(what.find("--"));
    throw UsageError(fmt::format("{} takes no value", option.substr(0, option.find_first_of(" ="))));
  } catch (const CLI::ParseError& e) {
    throw UsageError(e.what());
  }
}

/// What stands after the options: words, whatever they look like. `--` itself is none of them, a list sign is. Without a
/// mode, the words of a command stand as after `--`.
void add_literal_words(std::span<const char* const> after, CommandLine& line) {
  const bool dashes = !after.empty() && std::string_view(after.front()) == "--";
  if (line.form == LineForm::command || dashes) {
    line.dashes_at = line.words.size();
  } else if (!after.empty()) {
    line.lists_at = line.words.size();
  }
  line.words.insert(line.words.end(), after.begin() + (dashes ? 1 : 0), after.end());
}

}  // namespace

const GivenOption* CommandLine::find(std::string_view name) const noexcept {
  const auto found =
      std::ranges::find_if(options, [&](const GivenOption& given) { return given.option->name() == name; });
  return found == options.end() ? nullptr : &*found;
}

bool is_list_sign(std::string_view word) noexcept {
  return word == ":::" || word == "::::" || word == ":::+" || word == "::::+";
}

bool ends_options(std::string_view word) noexcept { return word == "--" || is_list_sign(word); }

bool looks_like_option(std::string_view word) noexcept {
  return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9') && word[1] != '.';
}

CommandLine split_command_line(int argc, const char* const* argv) {
  const std::vector<const char*> words = with_usual_signs({argv + std::min(argc, 1), argv + argc});
  const std::span<const char* const> all(words);
  const LineBeginning beginning = beginning_of(all);
  std::vector<std::string> arguments = prepare(all.first(beginning.options_end));
  CLI::App app;
  std::deque<Slot> slots;
  declare(app, slots, arguments);
  parse(app, std::move(arguments));
  CommandLine line;
  line.form = beginning.form;
  line.words = words_of(app, beginning.form);
  if (line.form != LineForm::word) line.words.insert(line.words.begin(), "imap");
  add_literal_words(all.subspan(beginning.options_end), line);
  for (Slot& slot : slots) {
    if (slot.flag) line.options.push_back({slot.option, {}});
    for (std::string& value : slot.values) line.options.push_back({slot.option, std::move(value)});
  }
  return line;
}

}  // namespace prun::app
