// Options: what becomes of the output of commands.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

namespace prun::app {
namespace {

constexpr std::string_view not_recorded = "what commands write would not be recorded";
constexpr std::string_view written_directly = "commands write to prun's own outputs";

constexpr Option options[] = {
    {.names = "-k,--keep-order,--group",
     .also = "--keeporder",
     .help = "print outputs in input order (the default)",
     .details = R"(
Print the output of each command as one block, in input order. This is the default. The option exists because GNU parallel
needs it for this order.
)",
     .runs = Runs::commands_or_tasks,
     .excludes = {{"--no-keep-order", "outputs are printed either in input order or as commands end"}},
     .take = [](OptionValues& to, const Given&) { to.command.keep_order = true; }},
    {.names = "--no-keep-order",
     .also = "--nokeeporder,--no-k,--nok",
     .help = "print outputs as commands end",
     .details = R"(
Print the output of each command when the command ends, instead of in input order. The mode `imap_unordered` does the same.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.keep_order = false; }},
    {.names = "--tag",
     .help = "print the inputs before each line of output",
     .details = "Print the inputs and a tab before each line that a command writes.",
     .runs = Runs::commands_or_tasks,
     .take = [](OptionValues& to, const Given&) { to.output.tag.emplace(); }},
    {.names = "--tagstring",
     .also = "--tag-string",
     .value = "TEXT",
     .help = "print TEXT before each line of output",
     .details = R"(
Print this text and a tab before each line that a command writes. Placeholders such as `{}`, `{/}`, `{2}` and `{#}` stand for the
inputs and the number of the task, and `\t` for a tab. An empty text is no tag.
)",
     .runs = Runs::commands,
     .excludes = {{"--ungroup", written_directly}, {"--tty", written_directly}},
     .take =
         [](OptionValues& to, const Given& given) {
           to.output.tag.reset();
           to.command.tag_text.reset();
           if (given.text.empty()) return;
           to.output.tag.emplace();
           to.command.tag_text = given.text;
         }},
    {.names = "--line-buffer,--linebuffer,--lb",
     .also = "--line-buffered,--linebuffered",
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
     .also = "--res,--result",
     .value = "NAME",
     .help = "also save outputs in a folder, files or a table",
     .details = R"(
Also save what each command writes, in `NAME/1/INPUT/stdout` and `NAME/1/INPUT/stderr`, as GNU parallel does. With several
inputs the folder is `NAME/1/INPUT/2/INPUT`. With --header, the names of the columns stand instead of the numbers, sorted.
Files of an earlier run are overwritten.

If NAME has placeholders, as in `out/{1}/{#}.txt`, it is the name of the file for standard output. Standard error is in
`NAME.err`. All files are below the folder that NAME begins with, up to its first placeholder. If NAME begins with a
placeholder, they are below the current folder: with `{}.out`, the result of `/a/b` is in `a/b.out`. A folder `..` in an input
is written `\..`. If NAME ends with `.csv` or `.tsv`, it is the name of a table with a row for each command: its inputs, exit
status, outputs and times, as --output `csv` prints them.

In the name of a folder, a slash is written `\_` and a backslash `\\`. The name is cut after 200 bytes. If an earlier task of
the run already uses the folder, `\~N` is added to the name, where N is the number of the task, counted from 1.
)",
     .completes = Completes::folders,
     .file = FileUse::written,
     .runs = Runs::commands_or_tasks,
     .take = [](OptionValues& to, const Given& given) { to.output.results_directory = given.text; }},
    {.names = "--files",
     .also = "--output-as-files,--outputasfiles",
     .help = "save each output to a file and print its name",
     .details = R"(
Save what each command writes to standard output in a new file in `$TMPDIR` or `/tmp`, and print the name of the file instead of
the output. The files stay after the run. --results names files by the inputs.
)",
     .runs = Runs::commands,
     .excludes = {{"--line-buffer", written_directly},
                  {"--ungroup", written_directly},
                  {"--tty", written_directly},
                  {"--output", "names of files are printed instead of the outputs"},
                  {"--format", "names of files are printed instead of the outputs"}},
     .take = [](OptionValues& to, const Given&) { to.output.saves_files = true; }},
};

}  // namespace

constinit const OptionGroup groups::command_outputs{"Outputs of commands", options};

}  // namespace prun::app
