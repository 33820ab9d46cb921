// The texts of -h, --help and --version; see help.hpp.
#include "help/help.hpp"

#include "help/option_help.hpp"
#include "help/text_layout.hpp"
#include "options/option_groups.hpp"
#include "sem/sem_options.hpp"
#include "xargs/xargs_options.hpp"

#include <fmt/format.h>

#include <array>

#ifndef PRUN_VERSION
#define PRUN_VERSION "unknown"
#endif

namespace prun::app {
namespace {

constexpr std::string_view introduction = "prun calls a function, or runs a command, for many inputs in parallel.\n";

constexpr std::string_view examples = R"(
Examples:
  prun map fib 1..39 --chunksize 1         call fib for 1 to 39
  prun gzip -9k {} ::: *.log               run a command for each file
  seq 1 99 | prun imap is_prime -          read inputs from standard input
  prun submit 'fib(8)' 'ackermann(2, 4)'   call several functions
  prun map article.py:fib 1..30            call a Python function
)";

constexpr std::string_view usage = R"(
Usage: prun MODE FUNCTION INPUT... [OPTIONS]
       prun MODE 'CALL' 'CALL'... [OPTIONS]
       prun [OPTIONS] COMMAND ::: INPUT...
       prun [OPTIONS] < COMMANDS
       prun MODE --cmd COMMAND INPUT... [OPTIONS]
       prun MODE --tasks FILE|- [OPTIONS]
)";

constexpr std::array<std::string_view, 5> common{"--jobs", "--output", "--retries", "--timeout", "--journal"};

void append_words(std::string& out, std::string_view title, bool modes) {
  out.append(title);
  for (const CommandWord& word : command_words()) {
    if (word.mode.has_value() == modes) append_row(out, word.name, word.summary, 20);
  }
}

std::string names_of_words(bool modes) {
  std::string names;
  for (const CommandWord& word : command_words()) {
    if (word.mode.has_value() != modes) continue;
    names.append(names.empty() ? "" : ", ").append(word.name);
  }
  return names;
}

void append_common_options(std::string& out, WordSet takers) {
  for (const std::string_view name : common) {
    const Option* option = find_option(name, takers);
    if (option != nullptr && overlap(option->words, takers)) append_option(out, *option);
  }
}

std::string beginning_for(const CommandWord& command) {
  const std::string_view space = command.arguments.empty() ? "" : " ";
  std::string out;
  append_wrapped(out, fmt::format("prun {}: {}", command.name, command.summary), 0, 2);
  out += fmt::format("\n\nExamples:\n{}\n\nUsage: prun {}{}{} [OPTIONS]\n", command.examples, command.name, space,
                     command.arguments);
  return out;
}

}  // namespace

constinit const std::string_view functions_help = R"(
Functions:
  fib                     a built-in function; prun functions lists them
  ./mine.so:collatz       of a plugin, a C++ source with <prun/function.hpp>;
                          see prun new --help
  'libm.so.6:cbrt(double)->double'
                          a C function of a shared library, with its types
  article.py:fib          of a Python file, or of a module: package.module:fib
  'lambda x: x**2'        a Python function on the command line
  double                  of a program in any language, with
                          --serve ./worker.js; see prun help worker-protocol
)";

constinit const std::string_view inputs_help = R"(
Inputs:
  42  1.5  hello  '"a b"'     a JSON value; any other word is a string
  1..39  39..1  1..39..2      integers, both ends included; 1..39..2 has step 2
  001..100  a..e  0.1..1..0.1 numbers with leading zeros; letters; decimals
  0..3,0..4                   for a function: every pair, the last fastest
  '[2, 4]'                    a tuple of arguments, or an array
  -                           each line of standard input is an input
  'ackermann(2, 4)'           a call: function and arguments in one word

  After -- and ::: no word is an option, and an input of a command is taken
  exactly as it is written. Without inputs and --tasks, prun reads tasks from
  standard input as JSON Lines:

  {"function": "fib", "args": [8], "kwargs": {}, "id": 1}
  ["fib", 8]
)";

constinit const std::string_view placeholders_help = R"(
Placeholders in a command:
  {}  {1}  {-1}             the input; that of the first or the last list
  {.}  {..}  {...}          without its last, its last two or three extensions
  {/}  {//}  {/.}           base name; folder; base name without extension
  {+/}  {+.}                all before the last slash; the last extension
  {%.gz}  {#lib}            without this suffix or prefix, a shell's pattern
  {/regex/text}             with the first match of an RE2 regular expression
                            replaced; {//regex/text}: each match
  {name}                    the input of the column of this name (--header)
  {#}  {##}  {0#}           number of the task; of all tasks; with zeros
  {#:%04d}                  number of the task with four digits
  {%}  {0%}                 number of the worker; with zeros
  {{}}                      the text {}

  A number selects an input for every form: {2.}, {-1/}. A command without a
  placeholder gets its inputs at the end. In a script a placeholder is exactly
  the input, and no part of it is read as shell syntax.
)";

constinit const std::string_view config_help = R"(
Options are read from these places; later ones win:
  /etc/prun/options
  ~/.config/prun/options            or $XDG_CONFIG_HOME/prun/options
  NAME.options in these folders     with --profile NAME
  $PRUN_OPTIONS
  the command line

  Each line of a file is a part of a command line, such as

  -j 50% --progress
  --retries 2 --retry-on exit

  A line that begins with # is a comment. An option that does not fit the
  command line is left out. --no-config reads none of these.
)";

constinit const std::string_view exit_status_help = R"(
Exit status:
  0    every task succeeded
  1    a task failed
  2    the command line or the input is wrong
  3    prun itself failed
  75   the Slurm job ended before all tasks were done
  129, 130, 143
       a signal ended the run: SIGHUP, SIGINT (Ctrl-C), SIGTERM
)";

std::string short_help() {
  std::string out(introduction);
  out += examples;
  out += fmt::format(
      "\nUsage: prun MODE FUNCTION INPUT... [OPTIONS]\n"
      "       prun [OPTIONS] COMMAND ::: INPUT...\n\n"
      "Modes:       {}\nSubcommands: ",
      names_of_words(true));
  append_wrapped(out, names_of_words(false), 13, 13);
  out += "\n\nCommon options:\n";
  append_common_options(out, words::modes);
  out += "\nprun --help lists everything. prun help TOPIC explains a mode or an option.\n";
  return out;
}

std::string short_help_for(const CommandWord& command) {
  std::string out = beginning_for(command);
  if (command.self == words::xargs) return out.append(xargs_help);
  if (command.self == words::sem) return out.append(sem_help);
  if (overlap(command.self, words::runs)) {
    out += "\nCommon options:\n";
    append_common_options(out, command.self);
  } else {
    out += describe_options(command.self);
  }
  out += fmt::format("\nprun {} --help lists everything.\n", command.name);
  return out;
}

std::string general_help() {
  std::string out(introduction);
  out += examples;
  out += usage;
  append_words(out, "\nModes:\n", true);
  append_words(out, "\nSubcommands:\n", false);
  out += functions_help;
  out += inputs_help;
  out += describe_options(words::all);
  out += exit_status_help;
  out += "\nprun help TOPIC explains one topic in full; prun help topics lists the topics.\n";
  return out;
}

std::string help_for(const CommandWord& command) {
  std::string out = beginning_for(command);
  if (command.mode) out.append(functions_help).append(inputs_help);
  if (command.self == words::xargs) out.append(xargs_help);
  if (command.self == words::sem) out.append(sem_help);
  out += describe_options(command.self);
  out += "\nprun help OPTION explains an option in full.\n";
  return out;
}

std::string agent_help() {
  return "Usage: prun agent\n\n"
         "Runs tasks for a prun on another machine. With --hosts or --slurm, that prun\n"
         "starts the agent and uses its standard input and output. Do not start it\n"
         "yourself. See prun-cluster(7) and prun help --hosts.\n";
}

std::string version_text() { return "prun " PRUN_VERSION "\n"; }

}  // namespace prun::app
