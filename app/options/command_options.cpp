// Options: a command to run for each input, and what becomes of its output.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <cstdint>

namespace prun::app {
namespace {

constexpr std::string_view not_recorded = "what commands write would not be recorded";
constexpr std::string_view written_directly = "commands write to prun's own outputs";

constexpr Option options[] = {
    {.names = "--cmd",
     .value = "COMMAND",
     .help = "run COMMAND for each input, without a shell",
     .details = R"(
Run this command for each input. Its words are split as a shell splits them, but no shell runs it. In the command,
placeholders stand for the input: `{}`, `{.}`, `{/}`, `{//}`, `{/.}`, `{#}`, `{%}`, `{1}`, `{2.}` and others. Without a
placeholder, the input becomes the last argument. `Commands` in prun(1) lists all placeholders.

The form `prun MODE -- COMMAND ::: INPUT...` does the same.
)",
     .completes = Completes::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.cmd = given.text; }},
    {.names = "--sh",
     .value = "SCRIPT",
     .help = "run SCRIPT with a shell for each input",
     .details = R"(
Run this script with a shell for each input; --shell says which. Placeholders such as `{}` stand for the input, quoted so that no part of it
is read as shell syntax. The script may also use `$1`, `$2` and `"$@"`. See `Commands` in prun(1).
)",
     .excludes = {{"--cmd", "a command runs either with a shell or without"}},
     .take = [](OptionValues& to, const Given& given) { to.command.sh = given.text; }},
    {.names = "--shell",
     .value = "PATH",
     .help = "the shell that runs scripts (default: /bin/sh)",
     .details = R"(
Run scripts and command lines with this shell: a path, or a program on PATH. The default is `$PRUN_SHELL`. If that is not
set, it is bash if the environment has functions that bash has exported with `export -f`, and otherwise `/bin/sh`. The
shell must read quotes as POSIX says: sh, bash, dash, ksh or zsh.
)",
     .completes = Completes::commands,
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.shell = given.text; }},
    {.names = "--commands",
     .value = "FILE|-",
     .help = "run each line of FILE as a command",
     .details = R"(
Run each line of FILE, or of standard input if FILE is `-`, as a command of the shell. Blank lines and comments are
skipped. A line goes on in the next line after a backslash and within quotes. With --null, the commands end with NUL
bytes, and nothing is skipped.

`prun < FILE` does the same. A file whose first line is `#!/usr/bin/prun --commands` runs its lines in parallel.
)",
     .completes = Completes::files,
     .excludes = {{"--cmd", "the commands come from a file or from an option"},
                  {"--sh", "the commands come from a file or from an option"},
                  {"--tasks", "tasks are either commands or calls"}},
     .take = [](OptionValues& to, const Given& given) { to.command.commands_file = given.text; }},
    {.names = "-a,--arg-file",
     .value = "FILE",
     .repeatable = true,
     .help = "read inputs from FILE, one per line",
     .details = "Read a list of inputs from FILE, one per line. With several files, every combination is run.",
     .completes = Completes::files,
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.arg_files.push_back(given.text); }},
    {.names = "--colsep",
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
     .value = "N|max",
     .help = "pass N inputs to each command, or as many as fit",
     .details = R"(
Pass N inputs to each command. With `max`, pass as many as the limits of the system allow, as xargs(1) does.

With 0, run the command once for each input and pass nothing to it.
)",
     .completes = Completes::keywords,
     .choices = "max",
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           CommandInputOptions& inputs = to.command.inputs;
           inputs.no_args = given.text == "0";
           inputs.max_args = given.text == "max" ? SIZE_MAX
                             : inputs.no_args    ? 1
                                                 : parse_count(given.option, given.text);
         }},
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
quotes may contain commas, newlines and, written twice, double quotes. A record with wrong quotes is bad input.
)",
     .runs = Runs::commands,
     .excludes = {{"--colsep", "inputs are split in one way"},
                  {"--pipe", "with --pipe commands get no inputs as arguments"}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.csv = true; }},
    {.names = "--header",
     .value = "FORM",
     .help = "the first input names its columns: {name}",
     .details = R"(
The first input of each list is not an input, but names its column. In the command, `{name}` then stands for the column of that
name, and `{name.}` and the like for a part of it. With --csv and --colsep, the first input names all columns. FORM is `:`,
as in GNU parallel.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", "with --pipe commands get no inputs as arguments"},
                  {"--journal", "a journal does not record the names"}},
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text != ":") throw UsageError("--header takes ':', not '" + given.text + "'");
           to.command.inputs.header = true;
         }},
    {.names = "--trim",
     .value = "l|r|lr|n",
     .help = "remove blanks at the ends of inputs",
     .details = R"(
Remove spaces, tabs and other blanks at the left end (`l`) or at the right end (`r`) of each input, or at both ends (`lr` or
`rl`). The default is `n`, which removes nothing. With --colsep, the ends of each column are trimmed.
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
     .excludes = {{"--pipe", "with --pipe commands get no inputs as arguments"}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.link = true; }},
    {.names = "--shuf",
     .help = "run the inputs in a random order",
     .details = R"(
Run the inputs, or the combinations of several lists, in a random order. The order depends only on --seed, so it is the same
for each run with the same seed. All inputs are read before the first command starts.
)",
     .runs = Runs::commands,
     .excludes = {{"--pipe", "with --pipe commands get no inputs as arguments"}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.shuffled = true; }},
    {.names = "--pipe",
     .help = "split standard input into blocks for commands",
     .details = R"(
Split standard input into blocks, and give each block to the standard input of a command. Blocks end at the end of a
line, or with --null at a NUL byte.
)",
     .runs = Runs::commands,
     .excludes = {{"--max-args", "with --pipe commands get no inputs as arguments"}},
     .take = [](OptionValues& to, const Given&) { to.command.inputs.pipe = true; }},
    {.names = "--block",
     .value = "SIZE",
     .help = "block size of --pipe (default: 1M)",
     .details = "The size of the blocks of --pipe. The default is 1M.",
     .runs = Runs::commands,
     .needs = "--pipe",
     .take = [](OptionValues& to,
                const Given& given) { to.command.inputs.block = parse_size(given.option, given.text); }},
    {.names = "-k,--keep-order,--group",
     .help = "print outputs in input order (the default)",
     .details = R"(
Print the output of each command as a whole, in input order. This is the default. The option is accepted because GNU
parallel needs it for that.
)",
     .runs = Runs::commands_or_tasks,
     .excludes = {{"--no-keep-order", "outputs are printed either in input order or as commands end"}},
     .take = [](OptionValues& to, const Given&) { to.command.keep_order = true; }},
    {.names = "--no-keep-order",
     .help = "print outputs as commands end",
     .details = R"(
Print the output of each command when the command ends, instead of in input order. The mode `imap_unordered` does the same.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.keep_order = false; }},
    {.names = "-t,--print-commands",
     .help = "print each command on standard error first",
     .details = R"(
Print each command on standard error just before it runs, as xargs does with -t.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.trace = true; }},
    {.names = "--tag",
     .help = "print the inputs before each line of output",
     .details = "Print the inputs and a tab before each line that a command writes.",
     .runs = Runs::commands_or_tasks,
     .take = [](OptionValues& to, const Given&) { to.output.tag = true; }},
    {.names = "--line-buffer,--linebuffer,--lb",
     .help = "print output line by line, as commands write it",
     .details = R"(
Print each line as soon as a command has written it. Lines of different commands may alternate, but one line is never
mixed with another.
)",
     .runs = Runs::commands,
     .excludes = {{"--results", written_directly}, {"--format", written_directly}, {"--journal", not_recorded}},
     .take = [](OptionValues& to, const Given&) { to.command.line_buffer = true; }},
    {.names = "-u,--ungroup",
     .help = "let commands write directly to prun's outputs",
     .details = "Let commands write directly to the standard output and standard error of prun.",
     .runs = Runs::commands,
     .excludes = {{"--line-buffer", "output is either ungrouped or printed line by line"},
                  {"--tag", written_directly},
                  {"--results", written_directly},
                  {"--format", written_directly},
                  {"--journal", not_recorded}},
     .take = [](OptionValues& to, const Given&) { to.command.ungroup = true; }},
    {.names = "--tty",
     .help = "give the terminal to each command, one at a time",
     .details = R"(
Give the terminal to each command: the command reads from it and runs in its foreground. Commands run one at a time and
write to the outputs of prun.

Without this option, a command that tries to use the terminal fails, because the system would otherwise stop it
forever.
)",
     .runs = Runs::commands,
     .excludes = {{"--line-buffer", written_directly},
                  {"--tag", written_directly},
                  {"--results", written_directly},
                  {"--format", written_directly},
                  {"--journal", not_recorded}},
     .take = [](OptionValues& to, const Given&) { to.command.tty = true; }},
    {.names = "--results",
     .value = "DIR",
     .help = "also save the output of each command below DIR",
     .details = R"(
Also save what each command writes, in `DIR/1/INPUT/stdout` and `DIR/1/INPUT/stderr`, as GNU parallel does. With several
inputs the folder is `DIR/1/INPUT/2/INPUT`. Files of an earlier run are overwritten.

In the name of a folder, a slash is written `\_` and a backslash `\\`. The name is cut after 200 bytes. If an earlier task of
the run already uses the folder, `\~N` is added to the name, where N is the number of the task, counted from 1.
)",
     .completes = Completes::folders,
     .runs = Runs::commands_or_tasks,
     .take = [](OptionValues& to, const Given& given) { to.output.results_directory = given.text; }},
    {.names = "--files",
     .help = "save each output to a file and print its name",
     .details = R"(
Save what each command writes to standard output in a new file in `$TMPDIR` or `/tmp`, and print the name of the file instead of
the output. The files stay after the run. --results gives them names by the inputs.
)",
     .runs = Runs::commands,
     .excludes = {{"--line-buffer", written_directly},
                  {"--ungroup", written_directly},
                  {"--tty", written_directly},
                  {"--output", "names of files are printed instead of the outputs"},
                  {"--format", "names of files are printed instead of the outputs"}},
     .take = [](OptionValues& to, const Given&) { to.output.saves_files = true; }},
    {.names = "--dry-run",
     .help = "print the commands instead of running them",
     .details = "Print the commands instead of running them.",
     .runs = Runs::commands,
     .excludes = {{"--journal", "nothing runs that could be recorded"}},
     .take = [](OptionValues& to, const Given&) { to.command.dry_run = true; }},
};

}  // namespace

constinit const OptionGroup groups::commands{"Commands", options};

}  // namespace prun::app
