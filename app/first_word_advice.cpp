// See first_word_advice.hpp.
#include "first_word_advice.hpp"

#include "command_advice.hpp"
#include "command_words.hpp"
#include "known_functions.hpp"

#include "command/child_process.hpp"
#include "command/command_words.hpp"
#include "function/registry.hpp"
#include "input/words/call_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace prun::app {
namespace {

bool is_function(std::string_view name) {
  Registry registry;
  const command::CommandSurroundings surroundings;
  add_known_functions(registry, {}, surroundings);
  return registry.takes(name);
}

/// The command line with a mode before its first word.
std::string with_mode(std::vector<std::string> command_line, std::size_t word_at, std::string_view mode) {
  command_line.front() = "prun";
  command_line.insert(command_line.begin() + static_cast<std::ptrdiff_t>(word_at), std::string(mode));
  return command::join_words(command_line);
}

std::string_view nearest_word(std::string_view name) {
  std::vector<std::string_view> candidates;
  for (const CommandWord& word : command_words()) candidates.push_back(word.name);
  return nearest(name, candidates);
}

}  // namespace

std::string describe_unknown_program(const std::vector<std::string>& command_line, std::size_t word_at,
                                     std::string_view problem) {
  const std::string& name = command_line[word_at];
  if (name.find('/') != std::string::npos) {
    if (name.find(':') == std::string::npos || !is_function(name)) return std::string(problem);
    return fmt::format("{} is a function, which needs a mode: {}", name, with_mode(command_line, word_at, "map"));
  }
  if (is_function(name)) {
    return fmt::format("there is no program {0} on PATH; {0} is a function, which needs a mode: {1}", name,
                       with_mode(command_line, word_at, "map"));
  }
  if (word_at > 0 && command_line[word_at - 1] == "--") {
    if (find_command_word(name) == nullptr) return std::string(problem);
    return fmt::format("there is no program {0} on PATH; to use prun's own {0}, leave out -- (see: prun help {0})",
                       name);
  }
  if (const std::string_view meant = nearest_word(name); !meant.empty())
    return fmt::format("unknown mode '{}'; did you mean {}?", name, meant);
  if (!missing_program_advice(name).empty()) return std::string(problem);
  return fmt::format("'{}' is neither a mode nor a program on PATH", name);
}

std::string describe_call(const std::vector<std::string>& command_line, std::size_t word_at) {
  const std::string& word = command_line[word_at];
  if (!looks_like_call(word) || !word.ends_with(')') || !is_function(called_name(word))) return {};
  return fmt::format("'{}' is a function call, which needs a mode: {}", word,
                     with_mode(command_line, word_at, "submit"));
}

std::string describe_command_in_mode(const std::vector<std::string>& words) {
  if (words.size() < 3 || !words[2].starts_with('-')) return {};
  const CommandWord* mode = find_command_word(words[0]);
  if (mode == nullptr || !mode->mode || !command::is_on_path(words[1]) || is_function(words[1])) return {};
  std::vector<std::string> line{words.begin(), words.end()};
  line.front() = "prun";
  const bool has_inputs = std::ranges::any_of(words.begin() + 2, words.end(),
                                              [](const std::string& word) { return !word.starts_with('-'); });
  return fmt::format("'{}' is a program, not a function; run it without a mode: {}", words[1],
                     has_inputs ? fmt::format("prun {} OPTION... ::: INPUT...", words[1]) : command::join_words(line));
}

}  // namespace prun::app
