// Which kind of input a command line names, and what is wrong with combinations that make no sense.
#include "input/open_source.hpp"

#include "command/child_process.hpp"
#include "command/command_words.hpp"
#include "input/function_finder.hpp"
#include "input/json/json_tasks.hpp"
#include "input/words/call_text.hpp"
#include "input/words/input_value.hpp"
#include "input/words/range_text.hpp"
#include "input/words/word_sources.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace prun {
namespace {

tl::unexpected<InputError> error(std::string message) { return tl::unexpected(InputError{std::move(message)}); }

SourceOrError open_tasks(const std::string& path, const InputOptions& options, Registry& registry) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "<stdin>" : path;
  auto bytes = standard_input ? FileBytes::borrow(options.stdin_fd) : FileBytes::open(path);
  if (!bytes) return error(fmt::format("{} cannot be read: {}", name, bytes.error()));
  return std::make_unique<JsonTaskSource>(name, std::make_unique<FileBytes>(std::move(*bytes)), registry);
}

/// A word that can only have been meant as an input.
bool looks_like_input(std::string_view word) {
  return word.empty() || looks_like_range(word) || is_json_scalar_word(word) ||
         std::string_view("[{\"").find(word.front()) != std::string_view::npos;
}

bool is_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return ::access(name.c_str(), X_OK) == 0;
  try {
    static_cast<void>(command::find_program(name));
    return true;
  } catch (const std::system_error&) {
    return false;
  }
}

/// `prun imap gzip *.txt`, `prun submit tasks.json`: what was very likely meant. Empty: nothing is known.
std::string describe_other_meaning(const InputOptions& options) {
  const std::string& word = options.words.front();
  if ((word.ends_with(".json") || word.ends_with(".jsonl")) && ::access(word.c_str(), R_OK) == 0) {
    return fmt::format("'{0}' is a file; its tasks are read with --tasks {0}", printable_line(word));
  }
  if (looks_like_input(word) || !is_program(word)) return {};
  std::vector<std::string> line{"prun", word};
  if (options.words.size() > 1 && !options.reads_lines()) line.emplace_back(":::");
  if (!options.reads_lines()) line.insert(line.end(), options.words.begin() + 1, options.words.end());
  return fmt::format("'{}' is a program, not a function; run it without a mode: {}", printable_line(word),
                     printable_line(command::join_words(line)));
}

std::string describe_no_function(std::string_view word, Registry& registry) {
  if (word == "-") return "`-` needs a function before it, `prun imap FUNCTION -`; tasks are read with `--tasks -`";
  if (looks_like_input(word) && !registry.takes(word)) {
    return fmt::format("'{}' is not a function; write the function before its inputs: prun map fib 1..39",
                       printable_line(word));
  }
  return FunctionFinder(registry).describe_unknown(word);
}

/// The place behind the first word of one that is a call of a function there is; 0: none is. Inputs are data: nothing is
/// loaded because of what stands in them.
std::size_t find_call(const InputOptions& options, const Registry& registry) {
  const std::vector<std::string>& words = options.words;
  const std::size_t end = std::min({words.size(), options.plain_from, options.values_from});
  const auto& functions = registry.functions();
  const auto is_known = [&](std::string_view name) {
    return std::any_of(functions.begin(), functions.end(), [&](const auto& known) { return known->name() == name; });
  };
  for (std::size_t i = 1; i < end; ++i) {
    const std::string& word = words[i];
    if (looks_like_call(word) && word.ends_with(')') && is_known(called_name(word))) return i;
  }
  return 0;
}

SourceOrError open_function(const InputOptions& options, Registry& registry) {
  const std::string& name = options.words.front();
  const Function* function = registry.find(name);
  if (function == nullptr) {
    std::string meant = describe_other_meaning(options);
    return error(meant.empty() ? describe_no_function(name, registry) : std::move(meant));
  }
  if (const std::size_t call = find_call(options, registry); call != 0) {
    return tl::unexpected(
        word_error("input", call, options.words[call],
                   {"calls and inputs of a function cannot be mixed; to pass it as text, quote it twice", 0}));
  }
  if (options.one_call) return open_one_call(options, *function);
  const bool empty_list = options.plain_from != SIZE_MAX || options.values_from != SIZE_MAX;
  if (options.words.size() == 1 && !empty_list) {
    return error(
        fmt::format("{} has no INPUT; give some, such as `{} 1..39`, or `{} -` to read them from standard input", name,
                    name, name));
  }
  return open_inputs(options, *function);
}

}  // namespace

bool InputOptions::reads_lines_at(std::size_t index) const {
  return index < std::min(plain_from, values_from) && words[index] == "-";
}

bool InputOptions::reads_lines() const {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (reads_lines_at(i)) return true;
  }
  return false;
}

SourceOrError open_source(const InputOptions& options, Registry& registry) {
  if (options.null_separated && !options.reads_lines()) {
    return error(
        "--null needs `-` as an INPUT, because it says how to split standard input: prun imap FUNCTION - --null");
  }
  if (options.tasks_file) {
    if (options.one_call) return error("apply makes one call and takes no --tasks; use submit");
    if (!options.words.empty()) return error("give a FUNCTION with its INPUTs, or --tasks, not both");
    return open_tasks(*options.tasks_file, options, registry);
  }
  if (!options.words.empty()) {
    const std::string& first = options.words.front();
    return looks_like_call(first) && !registry.takes(first) ? open_calls(options, registry)
                                                            : open_function(options, registry);
  }
  if (options.one_call) return error("no function; give a FUNCTION with its arguments, or a call such as 'fib(8)'");
  if (options.stdin_is_terminal) {
    return error(
        "no input; give a FUNCTION and INPUTs (fib 1..39), calls ('fib(8)'), --tasks FILE, or JSON Lines on standard "
        "input");
  }
  return open_tasks("-", options, registry);
}

}  // namespace prun
