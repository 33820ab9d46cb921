// The script for zsh.
#include "completion/completion.hpp"
#include "completion/completion_words.hpp"
#include "help/topic_command.hpp"

#include <fmt/format.h>

namespace prun::app {
namespace {

/// For a text in single quotes; `special` characters get a backslash.
std::string escaped(std::string_view text, std::string_view special) {
  std::string out;
  for (const char c : text) {
    if (c == '\'') {
      out += R"sh('\'')sh";
      continue;
    }
    if (special.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

std::string action_of(const Option& option) {
  if (takes_profile(option)) return "_prun_profiles";
  switch (option.completes) {
    case Completes::choices:
    case Completes::keywords: return fmt::format("({})", option.choices);
    case Completes::files: return "_files";
    case Completes::folders: return "_files -/";
    case Completes::commands: return "_command_names -e";
    case Completes::functions: return "_prun_functions";
    case Completes::shells: return "_prun_shells";
    case Completes::nothing: break;
  }
  return " ";
}

/// '(-j --jobs)-j+[help]:N:action' for each name.
void append_specs(std::string& out, const Option& option) {
  const auto names = names_of(option);
  for (const std::string_view name : names) {
    const std::string exclusive = option.repeatable ? "*" : fmt::format("({})", joined(names, " "));
    const std::string_view takes = option.is_flag() ? "" : name.starts_with("--") ? "=" : "+";
    out += fmt::format("        '{}{}{}[{}]", exclusive, name, takes, escaped(option.help, "[]\\:"));
    if (!option.is_flag()) out += fmt::format(":{}:{}", escaped(option.value, "\\:"), action_of(option));
    out += "'\n";
  }
}

void append_case(std::string& out, std::string_view pattern, const std::vector<const Option*>& options) {
  out += fmt::format("    {})\n      options=(\n", pattern);
  for (const Option* option : options) append_specs(out, *option);
  out += "      ) ;;\n";
}

constexpr std::string_view beginning = R"sh(#compdef prun
# Completion of prun in zsh, printed by `prun --completion zsh`.
_prun_functions() {
  local -a names
  if [[ $PREFIX == ?*:* ]]; then
    names=(${(f)"$(prun functions "${PREFIX%:*}" )sh";

constexpr std::string_view built_in = R"sh()"})
  else
    names=(${(f)"$()sh";

constexpr std::string_view first_words = R"sh()"})
  fi
  compadd -a names
}

_prun_first() {
  local -a modes subcommands
)sh";

constexpr std::string_view find_word = R"sh(  _describe -t modes mode modes
  _describe -t subcommands subcommand subcommands
  [[ -z $PREFIX ]] || _command_names -e
}

_prun() {
  local curcontext=$curcontext word i
  local -a options inputs line state state_descr
  local -A opt_args
  for ((i = 2; i < CURRENT; ++i)); do
    case $words[i] in
      --|:::*) break ;;
)sh";

}  // namespace

std::string zsh_completion() {
  std::string out(beginning);
  out.append(only_names_of_file).append(built_in).append(list_functions_command).append(first_words);
  for (const bool modes : {true, false}) {
    out += modes ? "  modes=(\n" : "  subcommands=(\n";
    for (const CommandWord& word : command_words()) {
      if (word.mode.has_value() == modes) out += fmt::format("    '{}:{}'\n", word.name, escaped(word.summary, "\\:"));
    }
    out += "  )\n";
  }
  out += find_word;
  out += fmt::format("      {}) ((++i)) ;;\n", joined(names_with_value(), "|"));
  out += "      -*) ;;\n      *) word=$words[i]; break ;;\n    esac\n  done\n";
  out += "  inputs=('*:file:_files')\n  case $word in\n";
  for (const WordGroup& group : word_groups()) append_case(out, joined(group.words, "|"), group.options);
  append_case(out, "''", options_before_words());
  out += "  esac\n  case $word in\n";
  std::vector<std::string_view> modes;
  for (const CommandWord& word : command_words()) {
    if (word.mode) modes.push_back(word.name);
  }
  out += fmt::format("    {}) inputs=('2:function:_prun_targets' '*:input:_files') ;;\n", joined(modes, "|"));
  out += "    functions) inputs=('*:function:_prun_targets') ;;\n";
  for (const ForeignWord& foreign : foreign_words()) {
    out += fmt::format("    {}) options+=({}); inputs=('2:command:_command_names -e' '*:file:_files') ;;\n",
                       foreign.word, joined(foreign.options, " "));
  }
  out += "    help) inputs=('2:topic:_prun_topics') ;;\n";
  out += "    new) inputs=('2:project:(plugin)' '3:name: ') ;;\n";
  out += "  esac\n  _arguments -s -S : $options '1:mode or subcommand:_prun_first' $inputs\n}\n\n";
  out += fmt::format("_prun_shells() {{ compadd -- ${{(f)\"$({})\"}} }}\n", list_shells_command);
  out += fmt::format("_prun_profiles() {{ compadd -- ${{(f)\"$({})\"}} }}\n", list_profiles_command);
  out += "_prun_targets() { _prun_functions; _files }\n";
  out += fmt::format("_prun_topics() {{ compadd -- {}; _prun_functions }}\n\n", joined(topic_names(), " "));
  out += "if [[ $funcstack[1] == _prun ]]; then\n  _prun \"$@\"\nelse\n  compdef _prun prun\nfi\n";
  return out;
}

}  // namespace prun::app
