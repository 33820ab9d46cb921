// The texts of --help; see help.hpp.
#include "help.hpp"

#include "option_texts.hpp"

#include <fmt/format.h>

#ifndef PRUN_VERSION
#define PRUN_VERSION "unknown"
#endif

namespace prun::app {
namespace {

constexpr const char* functions = R"(
Functions:
  fib                           built in; `prun functions` lists them
  ./mine.so:collatz             of a plugin, a C++ source with <prun/function.hpp>; see `prun new --help`
  'libm.so.6:cbrt(double)->double'   any C function of a shared library, with its types
  article.py:fib                of a Python file, or of a module: package.module:function
  double                        of a program in any language, with --serve ./worker.js; see `prun help worker-protocol`
)";

constexpr const char* inputs = R"(
Inputs:
  42  1.5  hello  '"a b"'       a JSON value; a bare word is a string
  1..39  39..1  1..39..2        whole numbers, both ends included; 1..39..2 is every second
  001..100  a..e  0.1..1..0.1   zeros are kept; letters; decimals
  0..3,0..4                     every pair of the two ranges, the last varying fastest
  '[2, 4]'                      a tuple of arguments, or an array
  -                             each line of standard input is an input
  'ackermann(2, 4)'             a call: function and arguments in one word
  Behind -- and ::: no word is an option, and an input of a command is taken as it is.
  With neither inputs nor --tasks, tasks are read from standard input as JSON Lines:
  {"function": "fib", "args": [8], "kwargs": {}, "id": 1}, or short ["fib", 8].
)";

constexpr const char* exit_statuses = R"(
Exit status:
  0  every task succeeded           2  wrong usage or bad input
  1  some task failed               3  prun itself failed
  130, 143, 129  ended by Ctrl-C (SIGINT), SIGTERM, SIGHUP
)";

}  // namespace

std::string general_help() {
  std::string help =
      "prun runs a function over many inputs in a pool of worker processes, as Python's multiprocessing.Pool does.\n\n"
      "Usage: prun MODE FUNCTION INPUT... [OPTIONS]\n"
      "       prun MODE 'CALL' 'CALL'... [OPTIONS]\n"
      "       prun MODE --tasks FILE|- [OPTIONS]\n"
      "       prun functions [TARGET...]\n"
      "       prun journal FILE\n"
      "       prun retry FILE [OPTIONS]\n"
      "       prun help [WORD|TOPIC]\n"
      "       prun new plugin NAME\n\n"
      "Modes:\n";
  for (const CommandWord& word : command_words()) {
    if (word.mode) help += fmt::format("  {:<16}{}\n", word.name, word.summary);
  }
  help += functions;
  help += inputs;
  help += describe_options();
  help += exit_statuses;
  help += "\nExamples:\n";
  for (const CommandWord& word : command_words()) {
    help += word.examples.substr(0, word.examples.find('\n'));
    help += '\n';
  }
  return help;
}

/// Options of a command that prints one thing, and not tasks.
std::string options_of_report(const std::vector<std::string>& only) {
  std::string help = describe_options(only);
  const std::string_view formats = "text (default), json, jsonl, csv, tsv, or raw: what commands wrote";
  if (const auto at = help.find(formats); at != std::string::npos)
    help.replace(at, formats.size(), "text (default) or json");
  return help;
}

std::string help_for(const CommandWord& command) {
  std::string help = fmt::format("prun {}: {}\n\n", command.name, command.summary);
  const std::string_view space = command.arguments.empty() ? "" : " ";
  help += fmt::format("Usage: prun {}{}{} [OPTIONS]\n", command.name, space, command.arguments);
  if (command.mode) help.append(functions).append(inputs);
  help += command.mode ? describe_options()
          : command.name == "functions"
              ? options_of_report({"--plugin", "--serve", "--python", "--python-code", "--output", "--help"})
          : command.name == "journal" ? options_of_report({"--output", "--help"})
          : command.name == "retry"   ? describe_options()
                                      : describe_options({"--help"});
  help += fmt::format("\nExamples:\n{}\n", command.examples);
  return help;
}

std::string version_text() { return "prun " PRUN_VERSION "\n"; }

}  // namespace prun::app
