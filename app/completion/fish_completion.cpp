// The script for fish.
#include "completion/completion.hpp"
#include "completion/completion_words.hpp"
#include "help/topic_command.hpp"

#include <fmt/format.h>

namespace prun::app {
namespace {

/// In single quotes.
std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

std::string value_of(const Option& option) {
  if (takes_profile(option)) return fmt::format(" -x -a {}", quoted(fmt::format("({})", list_profiles_command)));
  switch (option.completes) {
    case Completes::choices:
    case Completes::keywords: return fmt::format(" -x -a {}", quoted(option.choices));
    case Completes::files: return " -r -F";
    case Completes::folders: return " -x -a '(__fish_complete_directories)'";
    case Completes::commands: return " -x -a '(__fish_complete_command)'";
    case Completes::functions: return " -x -a '(__prun_functions)'";
    case Completes::shells: return fmt::format(" -x -a {}", quoted(fmt::format("({})", list_shells_command)));
    case Completes::nothing: break;
  }
  return " -x";
}

void append_option(std::string& out, std::string_view condition, const Option& option) {
  out += fmt::format("complete -c prun -n {}", quoted(condition));
  for (const std::string_view name : names_of(option)) {
    out += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2)) : fmt::format(" -s {}", name.substr(1));
  }
  out += fmt::format(" -d {}", quoted(option.help));
  if (!option.is_flag()) out += value_of(option);
  out += '\n';
}

constexpr std::string_view beginning = R"sh(# Completion of prun in fish, printed by `prun --completion fish`.
function __prun_of_file
  string match -q '?*:*' -- (commandline -ct)
end

# The functions that are called by their names, or those of the file that the word names.
function __prun_functions
  if __prun_of_file
    prun functions (string replace -r ':[^:]*$' '' -- (commandline -ct)) )sh";

constexpr std::string_view built_in = R"sh(
  else
    )sh";

constexpr std::string_view find_words = R"sh(
  end
end

# The words of the command line that are no options, without prun itself.
function __prun_words
  set -l tokens (commandline -opc)
  set -e tokens[1]
  set -l value 0
  for token in $tokens
    if test $value = 1
      set value 0
      continue
    end
    switch $token
      case -- ':::*'
        break
      case )sh";

constexpr std::string_view conditions = R"sh(
        set value 1
      case '-?*'
      case '*'
        echo $token
    end
  end
end

function __prun_no_word
  test (count (__prun_words)) = 0
end

function __prun_in
  set -l found (__prun_words)
  test (count $found) -gt 0; and contains -- $found[1] $argv
end

function __prun_second_of
  set -l found (__prun_words)
  test (count $found) = 1; and contains -- $found[1] $argv
end

)sh";

}  // namespace

std::string fish_completion() {
  std::string out(beginning);
  out.append(only_names_of_file).append(built_in).append(list_functions_command).append(find_words);
  out.append(joined(names_with_value(), " ")).append(conditions);
  std::vector<std::string_view> modes;
  for (const CommandWord& word : command_words()) {
    out += fmt::format("complete -c prun -f -n __prun_no_word -a {} -d {}\n", word.name, quoted(word.summary));
    if (word.mode) modes.push_back(word.name);
  }
  out += "complete -c prun -f -n '__prun_no_word; and string length -q -- (commandline -ct)' ";
  out += "-a '(__fish_complete_command)'\n";
  for (const Option* option : options_before_words()) append_option(out, "__prun_no_word", *option);
  for (const WordGroup& group : word_groups()) {
    for (const Option* option : group.options) append_option(out, "__prun_in " + joined(group.words, " "), *option);
  }
  for (const std::string_view files : {"not __prun_of_file' ", "__prun_of_file' -f "}) {
    out += fmt::format("complete -c prun -n '__prun_second_of {} functions; and {}-a '(__prun_functions)'\n",
                       joined(modes, " "), files);
  }
  for (const ForeignWord& foreign : foreign_words()) {
    for (const std::string& name : foreign.options)
      out += fmt::format("complete -c prun -n '__prun_second_of {}' -l {}\n", foreign.word, name.substr(2));
    out += fmt::format("complete -c prun -f -n '__prun_second_of {}' -a '(__fish_complete_command)'\n", foreign.word);
  }
  out += fmt::format("complete -c prun -f -n '__prun_second_of help' -a '{} (__prun_functions)'\n",
                     joined(topic_names(), " "));
  out += "complete -c prun -f -n '__prun_second_of new' -a plugin\n";
  return out;
}

}  // namespace prun::app
