// Options: a command to run for each input.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--cmd",
     .value = "COMMAND",
     .help = "run COMMAND for each input, without a shell",
     .details = R"(
Run this command for each input. prun splits it into words as a shell does, but no shell runs it. In the command,
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
Run this script with a shell for each input. --shell chooses the shell. Placeholders such as `{}` stand for the input, quoted so that
no part of it is read as shell syntax. The script may also use `$1`, `$2` and `"$@"`. See `Commands` in prun(1).
)",
     .excludes = {{"--cmd", "a command runs either with a shell or without"}},
     .take = [](OptionValues& to, const Given& given) { to.command.sh = given.text; }},
    {.names = "--shell",
     .value = "PATH",
     .help = "the shell that runs scripts ($PRUN_SHELL or sh)",
     .details = R"(
Run scripts and command lines with this shell: a path, or a program on PATH. The default is `$PRUN_SHELL`. If that is not
set, it is bash if the environment has functions that bash has exported with `export -f`, and otherwise `/bin/sh`. The
shell must read quotes as POSIX specifies: sh, bash, dash, ksh or zsh.

If the shell is bash, each worker starts it once and runs each script in a fork of it. The script behaves as with `bash -c`, but
starts faster. ps(1) shows the command line of the kept bash, not the script. If `BASH_ENV`, `SHELLOPTS` or `BASHOPTS` is set, with
--cwd, or if bash cannot load builtins, each script starts its own bash.
)",
     .completes = Completes::shells,
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.shell = given.text; }},
    {.names = "--commands",
     .value = "FILE|-",
     .help = "run each line of FILE as a command",
     .details = R"(
Run each line of FILE, or of standard input if FILE is `-`, as a command of the shell. Blank lines and comments are
skipped. A line continues in the next line after a backslash and within quotes. With --null, the commands end with NUL
bytes, and nothing is skipped.

`prun < FILE` does the same. A file whose first line is `#!/usr/bin/prun --commands` runs its lines in parallel.
)",
     .completes = Completes::files,
     .file = FileUse::read,
     .excludes = {{"--cmd", "the commands come from a file or from an option"},
                  {"--sh", "the commands come from a file or from an option"},
                  {"--tasks", "tasks are either commands or calls"}},
     .take = [](OptionValues& to, const Given& given) { to.command.commands_file = given.text; }},
    {.names = "-t,--print-commands",
     .help = "print each command on standard error first",
     .details = R"(
Print each command on standard error just before it runs, as xargs does with -t.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.trace = true; }},
    {.names = "--cwd,--workdir,--wd",
     .also = "--work-dir",
     .value = "DIR",
     .help = "run each command in the folder DIR",
     .details = R"(
Run each command in this folder. Placeholders such as `{}` and `{//}` stand for the input: `--cwd {//}` runs a command in
the folder of its input. The folder must exist. prun does not change inputs, so a relative path in an input refers to that folder.
)",
     .completes = Completes::folders,
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError("--cwd needs the name of a folder");
           if (given.text == "...")
             throw UsageError("--cwd ... is not available; make a folder with mktemp -d in a script");
           to.command.directory = given.text;
         }},
    {.names = "--dry-run",
     .also = "--dryrun,--dr",
     .help = "print the commands instead of running them",
     .details = "Print the commands instead of running them.",
     .runs = Runs::commands,
     .excludes = {{"--journal", "nothing runs that could be recorded"}},
     .take = [](OptionValues& to, const Given&) { to.command.dry_run = true; }},
};

}  // namespace

constinit const OptionGroup groups::commands{"Commands", options};

}  // namespace prun::app
