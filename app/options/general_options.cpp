// Options: messages, the log, and help.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <utility>

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "-q,--quiet",
     .help = "do not report failed tasks",
     .details = R"(
Do not report failed tasks on standard error. Output formats that contain failures still contain them.
)",
     .take = [](OptionValues& to, const Given&) { to.output.quiet = true; }},
    {.names = "-v,--verbose",
     .help = "print a summary of the run on standard error",
     .details = R"(
Print a summary of the run on standard error: tasks, failures, seconds and workers. Notes about the system, such as why a
jobserver cannot be used, are printed too.
)",
     .excludes = {{"--quiet", "one asks for less, the other for more"}},
     .take = [](OptionValues& to, const Given&) { to.logging.terminal = LogLevel::info; }},
    {.names = "--explain",
     .help = "say before the run how it will go, and why",
     .details = R"(
Print the plan of the run on standard error before it begins, with the reasons: how many tasks there are, how many tasks a worker
takes at once and why, how many workers start, in which order results are printed, what may delay the start of tasks, and the
limits. The run is the same as without this option. To see why nothing starts during a run, send SIGUSR1 or use --progress=rows.

    prun map fib 1..39 -j 4 --explain
)",
     .take = [](OptionValues& to, const Given&) { to.explain = true; }},
    {.names = "--summary",
     .help = "print counts and times of the run at its end",
     .details = R"(
Print a summary on standard error at the end of the run: how many tasks succeeded and failed, the wall time, the CPU time,
how busy the workers were, and the slowest task.
)",
     .take = [](OptionValues& to, const Given&) { to.summary = true; }},
    {.names = "--joblog",
     .also = "--jl",
     .value = "FILE",
     .help = "write a line to FILE for each task that ends",
     .details = R"(
Write a line to FILE when a task ends, with the columns of GNU parallel, separated by tabs: `Seq` (from 1), `Host` (`:` is this machine),
`Starttime` (seconds since 1970), `JobRuntime` (seconds), `Send` (bytes that a command got as standard input), `Receive` (bytes that it
wrote to standard output), `Exitval`, `Signal` and `Command`. An existing file is overwritten. With `+FILE`, lines are appended to it;
`./+FILE` is a file whose name begins with `+`. --journal records more, and a run can continue from it.
)",
     .completes = Completes::files,
     .file = FileUse::written,
     .take =
         [](OptionValues& to, const Given& given) {
           JobLogFile file = parse_joblog_file(given.text);
           if (file.path.empty() && file.appends)
             throw UsageError("--joblog + needs the name of a file after the sign: --joblog +FILE");
           to.joblog = std::move(file);
         }},
    {.names = "--will-cite",
     .also = "--willcite,--no-notice,--nonotice,--gnu,--silent,--noswap",
     .help = "has no effect",
     .details = R"(
This option exists because users of GNU parallel type it. prun prints no citation notice. The options `--no-notice`, `--gnu`,
`--silent` and `--noswap` of GNU parallel have no effect either. --min-free-memory and --memsuspend keep a machine from swapping.
)",
     .take = [](OptionValues&, const Given&) {}},
    {.names = "--plus",
     .help = "refuse placeholders that only GNU parallel has",
     .details = R"(
GNU parallel needs this option for placeholders such as `{..}` and `{%.gz}`. In prun they are always available. With this option,
placeholders that prun does not have, such as `{:2}`, `{^^a}`, `{,}` and `{:-text}`, are an error that says what to write instead.
Without this option they are text.
)",
     .runs = Runs::commands_or_tasks,
     .take = [](OptionValues& to, const Given&) { to.command.plus = true; }},
    {.names = "--profile",
     .value = "NAME",
     .help = "read options from NAME.options too",
     .details = R"(
Read options from the files `NAME.options` in `/etc/prun` and in `~/.config/prun` too. They override the files `options`. See
`Configuration` in prun(1).
)",
     .take = [](OptionValues&, const Given&) {}},
    {.names = "--no-config",
     .also = "--plain",
     .help = "read no options from files and $PRUN_OPTIONS",
     .details = R"(
Read no options from files and from `$PRUN_OPTIONS`. Use this option in scripts that must work in the same way for all users.
)",
     .excludes = {{"--profile", "a profile is a part of the configuration"}},
     .take = [](OptionValues&, const Given&) {}},
    {.names = "--log-level",
     .value = "LEVEL",
     .help = "trace, debug, info, warn, error or off",
     .details = R"(
Set the level of messages on standard error and in the log file: `trace`, `debug`, `info`, `warn`, `error` or `off`.
)",
     .completes = Completes::choices,
     .choices = "trace debug info warn error off",
     .take =
         [](OptionValues& to, const Given& given) {
           const LogLevel level = *log_level_named(given.text);
           if (!to.output.quiet) to.logging.terminal = level;
           to.logging.file_level = level;
         }},
    {.names = "--log-file",
     .value = "FILE",
     .help = "append the log to FILE",
     .details = R"(
Append the log to FILE: each failed task and a summary of the run, and at level `debug` every task. A new log file gets the
permissions that the umask allows.
)",
     .completes = Completes::files,
     .file = FileUse::appended,
     .take = [](OptionValues& to, const Given& given) { to.logging.file = given.text; }},
    {.names = "-h",
     .words = words::all,
     .help = "print a short help",
     .details = "Print a short help, of prun or of the mode or subcommand."},
    {.names = "--help", .words = words::all, .help = "print the full help", .details = R"(
Print the full help, of prun or of the mode or subcommand. `prun help TOPIC` explains one option or topic.
)"},
    {.names = "--version", .words = words::all, .help = "print the version; more with -v", .details = R"(
Print the version of prun. With --verbose, also print the commit that it was built from, the compiler, the versions of the
libraries, and the features of this system.
)"},
    {.names = "--completion",
     .value = "SHELL",
     .words = words::all,
     .help = "print completions for bash, zsh or fish",
     .details = R"(
Print a script with which a shell completes the command lines of prun: `bash`, `zsh` or `fish`. Run one of these lines to
load it:

    source <(prun --completion bash)
    source <(prun --completion zsh)
    prun --completion fish | source
)",
     .completes = Completes::choices,
     .choices = "bash zsh fish"},
};

}  // namespace

constinit const OptionGroup groups::general{"General", options};

}  // namespace prun::app
