// `prun help TOPIC`; see topic_command.hpp.
#include "help/topic_command.hpp"

#include "exit_status.hpp"
#include "functions_command.hpp"
#include "help/help.hpp"
#include "help/option_help.hpp"
#include "help/text_layout.hpp"
#include "known_functions.hpp"
#include "usage_error.hpp"

#include "command/command_function.hpp"
#include "event/printable.hpp"
#include "output/output_buffer.hpp"
#include "serving/protocol_text.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cctype>

namespace prun::app {
namespace {

struct Topic {
  std::string_view name;
  std::string_view summary;
  std::string (*text)();
};

std::string lower_case(std::string_view title) {
  std::string name(title);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return name;
}

std::string list_of_topics();

constexpr std::array<Topic, 7> topics{{
    {"topics", "this list", [] { return list_of_topics(); }},
    {"inputs", "how inputs are written", [] { return std::string(inputs_help.substr(1)); }},
    {"placeholders", "what stands for an input in a command", [] { return std::string(placeholders_help.substr(1)); }},
    {"config", "files of options", [] { return std::string(config_help.substr(1)); }},
    {"options", "all options", [] { return describe_options(words::all).substr(1); }},
    {"exit-status", "what the exit status means", [] { return std::string(exit_status_help.substr(1)); }},
    {"worker-protocol", "how a program serves functions to prun", [] { return std::string(serving::protocol_text()); }},
}};

std::string list_of_topics() {
  std::string out = "Topics:\n";
  for (const Topic& topic : topics) append_row(out, topic.name, topic.summary, 20);
  out += "\nModes and subcommands:\n";
  for (const CommandWord& word : command_words()) append_row(out, word.name, word.summary, 20);
  out += "\nGroups of options:\n";
  for (const OptionGroup* group : option_groups()) {
    std::string names;
    for (const Option& option : group->options) {
      if (names.ends_with(option.name())) continue;
      names.append(names.empty() ? "" : " ").append(option.name());
    }
    append_row(out, lower_case(group->title), names, 20);
  }
  out += "\nAny option, with or without --, and any function is a topic too: prun help jobs,\nprun help fib.\n";
  return out;
}

/// All entries of the name: `text` may be "-j", "--jobs" or "jobs".
std::string option_text(std::string_view text) {
  const std::string name = text.starts_with('-') ? std::string(text) : fmt::format("--{}", text);
  std::string out;
  for (const OptionGroup* group : option_groups()) {
    for (const Option& option : group->options) {
      if (!any_name_of(option, [&](std::string_view known) { return known == name; })) continue;
      if (!out.empty()) out += '\n';
      out += option_heading(option) + "\n\n" + plain_text(option.details);
      if (!option.also.empty()) out += "\n" + plain_text(other_names_text(option));
    }
  }
  return out;
}

/// For a topic or a subcommand that has the name of an option too.
std::string hint_at_option(std::string_view name) {
  const std::string option = fmt::format("--{}", name);
  if (option_text(option).empty()) return {};
  return fmt::format("\n{0} is also an option: prun help {0} explains it.\n", option);
}

[[noreturn]] void refuse(const std::string& topic, const Registry& registry) {
  std::vector<std::string_view> candidates = topic_names();
  for (const auto& function : registry.functions()) candidates.push_back(function->name());
  const std::string_view meant = nearest(topic, candidates);
  const std::string shown = printable(topic);
  throw UsageError(meant.empty() ? fmt::format("there is no help on '{}'; prun help topics lists the topics", shown)
                                 : fmt::format("there is no help on '{}'; did you mean prun help {}?", shown, meant),
                   "prun help topics");
}

}  // namespace

std::optional<std::string> topic_text(std::string_view name) {
  for (const Topic& topic : topics) {
    if (topic.name == name) return topic.text() + hint_at_option(name);
  }
  if (const CommandWord* word = find_command_word(name)) return help_for(*word) + hint_at_option(name);
  if (name == "agent") return agent_help();
  if (std::string text = option_text(name); !text.empty()) return text;
  for (const OptionGroup* group : option_groups()) {
    if (lower_case(group->title) != name) continue;
    std::string text;
    append_group(text, *group, words::all);
    return text.substr(1);
  }
  return std::nullopt;
}

std::vector<std::string_view> topic_names() {
  std::vector<std::string_view> names;
  names.reserve(topics.size());
  for (const Topic& topic : topics) names.push_back(topic.name);
  for (const CommandWord& word : command_words()) names.push_back(word.name);
  for (const OptionGroup* group : option_groups()) {
    for (const Option& option : group->options) {
      any_name(option.names, [&](std::string_view name) {
        names.push_back(name);
        if (name.starts_with("--")) names.push_back(name.substr(2));
        return false;
      });
    }
  }
  return names;
}

int explain_topic(const ExplainTopic& command) {
  std::optional<std::string> text = topic_text(command.topic);
  if (!text) {
    Registry registry;
    const command::CommandSurroundings surroundings;
    add_known_functions(registry, {}, surroundings);
    const Function* function = registry.find(command.topic);
    if (function == nullptr) refuse(command.topic, registry);
    text = functions_text({function});
  }
  OutputBuffer out(STDOUT_FILENO, "standard output");
  out.write(*text);
  out.flush();
  return all_succeeded;
}

}  // namespace prun::app
