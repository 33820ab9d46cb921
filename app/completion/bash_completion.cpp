// The script for bash.
#include "completion/completion.hpp"
#include "completion/completion_words.hpp"
#include "help/topic_command.hpp"

#include <fmt/format.h>

namespace prun::app {
namespace {

constexpr std::string_view beginning = R"sh(# Completion of prun in bash, printed by `prun --completion bash`.
# The functions that are called by their names, or those of the file $1.
_prun_functions() {
  if [[ ${1-} ]]; then
    prun functions "$1" )sh";

constexpr std::string_view built_in = R"sh(
  else
    )sh";

/// COMP_WORDS has the "=" of --output=json, and the ":" of article.py:fib, as a word of its own. The latter is joined again, except
/// after an option: `--header :`.
constexpr std::string_view find_word = R"sh(
  fi
}

# Adds what compgen finds for the word $cur, one line each: names of files may have spaces.
_prun_reply() { mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen "$@" -- "$cur"); }
_prun_files() { compopt -o filenames 2>/dev/null; _prun_reply "${1:--f}"; }

# Adds names of functions. Returns 0 if the word $cur is FILE:, so that nothing else is meant.
_prun_names() {
  [[ $cur == ?*:* ]] || { _prun_reply -W "$(_prun_functions)"; return 1; }
  local file=${cur%:*} prefix=
  [[ $joined ]] || prefix=$file:
  cur=${cur##*:}
  _prun_reply -P "$prefix" -W "$(_prun_functions "$file" | sed 's/.*://')"
}

_prun() {
  local word= count=0 literal= command= joined= i
  local -a words=()
  for ((i = 0; i <= COMP_CWORD; ++i)); do
    if [[ ${COMP_WORDS[i]} == : && $i -gt 0 && ${COMP_WORDS[i-1]} != -* ]]; then
      words[${#words[@]}-1]+=:
      joined=1
    elif [[ $joined && ${COMP_WORDS[i-1]} == : ]]; then
      words[${#words[@]}-1]+=${COMP_WORDS[i]}
    else
      words+=("${COMP_WORDS[i]}")
      joined=
    fi
  done
  local -a COMP_WORDS=("${words[@]}")
  local COMP_CWORD=$((${#words[@]} - 1))
  local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  if [[ $cur == = ]]; then
    cur=
  elif [[ $option == = ]]; then
    option=${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      --) literal=1; break ;;
      :*) literal=2; break ;;
      =) ;;
)sh";

constexpr std::string_view after_words =
    R"sh(        [[ ${COMP_WORDS[i]} == --cmd || ${COMP_WORDS[i]} == --sh ]] && command=1
        [[ ${COMP_WORDS[i+1]-} == = ]] && ((++i))
        ((++i))
        ;;
      -?*) ;;
      *) [[ $word ]] && ((++count)); word=${word:-${COMP_WORDS[i]}} ;;
    esac
  done
  if [[ $literal ]]; then
    if [[ $literal == 1 && ! $command ]] && ((i + 1 == COMP_CWORD)); then
      _prun_reply -c
    else
      _prun_files
    fi
    return
  fi
)sh";

std::string completion_of(const Option& option) {
  if (takes_profile(option)) return fmt::format("_prun_reply -W \"$({})\"", list_profiles_command);
  switch (option.completes) {
    case Completes::choices:
    case Completes::keywords: return fmt::format("_prun_reply -W '{}'", option.choices);
    case Completes::files: return "_prun_files";
    case Completes::folders: return "_prun_files -d";
    case Completes::commands: return "_prun_reply -c";
    case Completes::functions: return "_prun_names";
    case Completes::shells: return fmt::format("_prun_reply -W \"$({})\"", list_shells_command);
    case Completes::nothing: break;
  }
  return ":";
}

/// Completes the value of $option, or else a name of an option, where the first word matches `pattern`.
void append_options(std::string& out, std::string_view pattern, const std::vector<const Option*>& options) {
  std::vector<std::string_view> all_names;
  out += fmt::format("    {})\n      case $option in\n", pattern);
  for (const Option* option : options) {
    const auto names = names_of(*option);
    all_names.insert(all_names.end(), names.begin(), names.end());
    if (!option->is_flag())
      out += fmt::format("        {}) {}; return ;;\n", joined(names, "|"), completion_of(*option));
  }
  out += fmt::format("      esac\n      [[ $cur == -?* ]] && {{ _prun_reply -W '{}'; return; }}\n      ;;\n",
                     joined(all_names, " "));
}

}  // namespace

std::string bash_completion() {
  std::string out(beginning);
  out.append(only_names_of_file).append(built_in).append(list_functions_command).append(find_word);
  out.append("      ").append(joined(names_with_value(), "|")).append(")\n").append(after_words);
  std::vector<std::string_view> words;
  std::vector<std::string_view> modes;
  for (const CommandWord& word : command_words()) {
    words.push_back(word.name);
    if (word.mode) modes.push_back(word.name);
  }
  out += "  case $word:$count:$cur in\n";
  for (const ForeignWord& foreign : foreign_words()) {
    out += fmt::format("    {0}:0:-*) _prun_reply -W '{1}'; return ;;\n    {0}:0:*) _prun_reply -c; return ;;\n",
                       foreign.word, joined(foreign.options, " "));
  }
  out += "  esac\n  case $word in\n";
  for (const WordGroup& group : word_groups()) append_options(out, joined(group.words, "|"), group.options);
  append_options(out, "''", options_before_words());
  out += "  esac\n  case $word:$count in\n";
  out += fmt::format("    :0) _prun_reply -W '{}'; [[ $cur ]] && _prun_reply -c; return ;;\n", joined(words, " "));
  out += fmt::format("    help:0) _prun_reply -W '{} '\"$(_prun_functions)\"; return ;;\n", joined(topic_names(), " "));
  out += "    new:0) _prun_reply -W plugin; return ;;\n";
  out += fmt::format("    {}:0|functions:*)\n", joined(modes, ":0|"));
  out += "      [[ $command ]] || { _prun_names && return; }\n      ;;\n";
  out += "  esac\n  _prun_files\n}\ncomplete -F _prun prun\n";
  return out;
}

}  // namespace prun::app
