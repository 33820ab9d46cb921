// Options: the inputs of commands.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <cstdint>

namespace prun::app {
namespace {

constexpr std::string_view not_with_pipe = "with --pipe commands get no inputs as arguments";

/// With -n too, a command gets so many inputs, and not as many as fit.
void take_many(OptionValues& to, const Given&) {
  if (to.command.counts_args) return;
  to.command.spread = true;
  to.command.inputs.max_args = SIZE_MAX;
}

constexpr Option options[] = {
    {.names = "-a,--arg-file",
     .also = "--argfile",
     .value = "FILE",
     .repeatable = true,
     .help = "read inputs from FILE, one per line",
     .details = "Read a list of inputs from FILE, one per line. With several files, every combination is run.",
     .completes = Completes::files,
     .file = FileUse::read,
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.arg_files.push_back(given.text); }},
    {.names = "--colsep",
     .also = "-C,--col-sep",
     .value = "REGEX",
     .help = "split each input into {1} {2} ... at REGEX",
     .details = R"(
Split each input into the columns `{1}`, `{2}` and so on, at each match of a regular expression. The syntax is that of RE2,
which has neither backreferences nor look-around. It matches characters of UTF-8, and bytes in an input that is not
UTF-8.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.inputs.column_separator = given.text; }},
    {.names = "-n,-N,--max-args,--max-replace-args",
     .also = "--maxargs,--maxreplaceargs",
     .value = "N|auto|max",
     .help = "pass N inputs to each command, or as many as fit",
     .details = R"(
Pass N inputs to each command. With `auto`, spread the inputs evenly over the workers, with at most 128 KiB for each
command. With `max`, spread them too, but pass as many as the limits of the system allow. prun reads ahead until the input
ends or there is enough for all workers.

With 0, run the command once for each input and pass nothing to it.

With --pipe, each block has N records.
)",
     .completes = Completes::keywords,
     .choices = "auto max",
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           CommandInputOptions& inputs = to.command.inputs;
           inputs.no_args = given.text == "0";
           to.command.counts_args = given.text != "auto" && given.text != "max";
           to.command.spread = given.text == "max" || given.text == "auto";
           inputs.max_bytes = given.text == "auto" ? std::size_t{128} << 10 : 0;
           inputs.max_args = to.command.spread ? SIZE_MAX
                             : inputs.no_args  ? 1
                                               : parse_count(given.option, given.text, ", or auto or max");
         }},
    {.names = "-m,--xargs",
     .help = "as -n max",
     .details = R"(
Pass as many inputs to each command as fit, spread over the workers. The same as --max-args `max`. With --max-args and a number, pass
at most that many.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", not_with_pipe}},
     .take = take_many},
    {.names = "-X",
     .help = "as -m; the command has {} as a word",
     .details = R"(
The same as -m, for command lines of GNU parallel. There it repeats the word around `{}` for each input, which prun does not do: the
command must have `{}` as a word of its own, or not at all.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", not_with_pipe}},
     .take =
         [](OptionValues& to, const Given& given) {
           take_many(to, given);
           to.command.whole_words = true;
         }},
    {.names = "-r,--no-run-if-empty",
     .also = "--norunifempty",
     .help = "has no effect: prun needs an input to run",
     .details = R"(
This option exists because users of GNU parallel and xargs type it. prun runs no command if there is no input, with or without it.
)",
     .runs = Runs::commands,
     .take = [](OptionValues&, const Given&) {}},
    {.names = "-I,--replace",
     .value = "TEXT",
     .help = "TEXT stands for the input, instead of {}",
     .details = R"(
In the command, this text stands for the input. `{}` is then ordinary text. Other placeholders, such as `{.}`, keep their
meaning.
)",
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError("--replace needs a text that stands for the input");
           to.command.replacement = given.text;
         }},
    {.names = "-d,--delimiter",
     .value = "CHAR",
     .help = "inputs of files end with CHAR, not with newline",
     .details = R"(
Inputs that are read from standard input or from a file end with this character instead of a newline. It may also be
written `\n`, `\t`, `\r`, `\0`, `\\`, or `\xHH` with two hexadecimal digits. Between two delimiters there is an empty input, and a
newline is part of an input. Arguments after `:::` are not split.
)",
     .runs = Runs::commands,
     .excludes = {{"--null", "inputs end with one character"}, {"--pipe", "blocks end with a line, or with --null"}},
     .take = [](OptionValues& to,
                const Given& given) { to.command.inputs.delimiter = parse_character(given.option, given.text); }},
    {.names = "--csv",
     .help = "split inputs into {1} {2} ... as CSV (RFC 4180)",
     .details = R"(
Read inputs as records of comma-separated values (RFC 4180), and pass their fields as `{1}`, `{2}` and so on. A field in double
quotes may contain commas, newlines and, written twice, double quotes. A record with wrong quotes is bad input. With --colsep `;` or
`\t`, that character stands between fields instead of the comma.

With --pipe, a block does not end inside a record of CSV.
)",
     .runs = Runs::commands,
     .excludes = {{"--recend", "a record of CSV ends with a line"}, {"--recstart", "a record of CSV ends with a line"}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.csv = true; }},
    {.names = "--header",
     .value = "FORM",
     .help = "the first input names its columns: {name}",
     .details = R"(
The first word of each list is not an input, but the name of its column. In the command, `{name}` then stands for the column of that
name, and `{name.}` and similar placeholders stand for a part of it. With --csv and --colsep, the first input names all columns. FORM is `:`,
as in GNU parallel.

With --pipe, the first line goes before each block. FORM is then `:`, a number of lines, or a regular expression (RE2) that matches
the header, such as `(#.*\n)*`. If the input ends before the header has all its lines, it is passed to one command as it is.
)",
     .runs = Runs::commands,
     .excludes = {{"--journal", "a journal does not record the names"}},
     .take = [](OptionValues& to, const Given& given) { to.command.header = given.text; }},
    {.names = "--trim",
     .value = "l|r|lr|n",
     .help = "remove blanks at the ends of inputs",
     .details = R"(
Remove spaces, tabs and other blanks at the left end (`l`) or at the right end (`r`) of each input, or at both ends (`lr` or
`rl`). The default is `n`, which removes nothing. With --colsep, the default is `lr` for the ends of each column.
)",
     .completes = Completes::choices,
     .choices = "n l r lr rl",
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           to.command.inputs.trim = given.text == "l"   ? Trim::left
                                    : given.text == "r" ? Trim::right
                                    : given.text == "n" ? Trim::none
                                                        : Trim::both;
         }},
    {.names = "--link,--xapply",
     .help = "combine lists side by side, not in every way",
     .details = R"(
With several lists of inputs, run the command with the first inputs of all lists, then with the second ones, and so on. A
shorter list starts again, unlike after `:::+`, where the shortest list determines the number of tasks.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", not_with_pipe}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.link = true; }},
    {.names = "--shuf",
     .help = "run the inputs in a random order",
     .details = R"(
Run the inputs, or the combinations of several lists, in a random order. The order depends only on --seed, so it is the same
for each run with the same seed. All inputs are read before the first command starts.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", not_with_pipe}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.shuffled = true; }},
    {.names = "--arg-sep",
     .also = "--argsep",
     .value = "TEXT",
     .help = "TEXT begins a list of inputs, instead of :::",
     .details = R"(
A word that is this text begins a list of inputs, instead of `:::`. With a `+` at its end it works as `:::+`. Give the option before
the command.
)",
     .runs = Runs::commands,
     .take = [](OptionValues&, const Given&) {}},
    {.names = "--arg-file-sep",
     .also = "--argfilesep",
     .value = "TEXT",
     .help = "TEXT begins a list of files, instead of ::::",
     .details = R"(
A word that is this text begins a list of files with inputs, instead of `::::`. With a `+` at its end it works as `::::+`. Give the
option before the command.
)",
     .runs = Runs::commands,
     .take = [](OptionValues&, const Given&) {}},
};

}  // namespace

constinit const OptionGroup groups::command_inputs{"Inputs of commands", options};

}  // namespace prun::app
