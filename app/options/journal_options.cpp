// Options: the record of a run, and how to continue a run.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <string>

namespace prun::app {
namespace {

std::string file_name(const Given& given) {
  if (given.text.empty()) throw UsageError(fmt::format("{} takes the name of a file, not ''", given.option));
  return std::string(given.text);
}

constexpr Option options[] = {
    {.names = "--journal",
     .value = "FILE",
     .help = "record the run in FILE, a SQLite database",
     .details = R"(
Record every task and every attempt in FILE, a SQLite database. If FILE has a run already, one of --resume, --resume-failed and
--once says how to use it; without one of them, prun refuses FILE. See `Journal` in prun(1).
)",
     .completes = Completes::files,
     .file = FileUse::journal,
     .take = [](OptionValues& to, const Given& given) { to.journal.path = given.text; }},
    {.names = "--resume",
     .help = "continue the run of the journal",
     .details = R"(
Continue the run of the journal: run the tasks that are missing, and print the recorded results again, failures too. If
the journal does not exist yet, create it.

The input may have changed: tasks may be new, missing or in another order. A task is recognized by its function, its arguments and
its id. At the end prun says how many tasks were reused, how many are new and how many are gone. The records of a task that is
gone stay in the journal.
)",
     .needs = "--journal FILE",
     .take = [](OptionValues& to, const Given&) { to.journal.resume = true; }},
    {.names = "--resume-failed",
     .also = "--resumefailed",
     .help = "as --resume, and run failed tasks again",
     .details = "Continue the run of the journal as --resume does, and run failed tasks again.",
     .needs = "--journal FILE",
     .take = [](OptionValues& to, const Given&) { to.journal.resume_failed = true; }},
    {.names = "--once",
     .help = "run only tasks that are new or changed",
     .details = R"(
Run a task only if its result may differ from the recorded one, and print the recorded result of every other task. A task
is not run again if it has succeeded with the same arguments, its function is the same, the files that --in names are unchanged, and
those that --out names exist. If the journal does not exist yet, create it.

A built-in function is the same in the same build of prun. A function of a file is the same if the content of the file is the same. A
command is the same if its words and its shell are the same. If prun cannot know whether a function is the same, as for an installed
Python module, its tasks run. A file is unchanged if its size and its time of modification are unchanged, or if its size and its
content are.

prun does not notice that a program, a module that a function imports, or an environment variable has changed. Name a program that
a command runs with --in to have it noticed: `--in /usr/bin/convert`.

    prun --once --journal made.db --in {} --out {.}.png \
        'convert {} {.}.png' ::: *.jpg
)",
     .needs = "--journal FILE",
     .excludes = {{"--resume", "--once decides by itself which tasks run"},
                  {"--resume-failed", "--once decides by itself which tasks run"}},
     .take = [](OptionValues& to, const Given&) { to.journal.once = true; }},
    {.names = "--in",
     .value = "NAME",
     .repeatable = true,
     .help = "with --once: a file that each task reads",
     .details = R"(
With --once: the task reads this file, so it runs again if the file has changed. NAME has the placeholders of commands, such as `{}`.
Give the option once for each file. A relative name is looked for where the command runs, which is the folder of --cwd if it is given.
)",
     .completes = Completes::files,
     .runs = Runs::commands,
     .needs = "--once",
     .take = [](OptionValues& to, const Given& given) { to.journal.reads.push_back(file_name(given)); }},
    {.names = "--out",
     .value = "NAME",
     .repeatable = true,
     .help = "with --once: a file that each task writes",
     .details = R"(
With --once: the task writes this file, so it runs again if the file does not exist. NAME has the placeholders of commands, such as
`{.}.png`. Give the option once for each file. A relative name is looked for as that of --in.
)",
     .completes = Completes::files,
     .runs = Runs::commands,
     .needs = "--once",
     .take = [](OptionValues& to, const Given& given) { to.journal.writes.push_back(file_name(given)); }},
    {.names = "--why",
     .help = "with --once: say of each task why it runs",
     .details = "With --once, print on standard error for each task why it runs, or that it is unchanged.",
     .needs = "--once",
     .take = [](OptionValues& to, const Given&) { to.journal.why = true; }},
    {.names = "--partial",
     .words = words::retry,
     .help = "accept a journal without the whole input",
     .details = R"(
Accept that the journal does not have the whole input: run the tasks that it has, and exit with the status of these
tasks.
)",
     .take = [](OptionValues& to, const Given&) { to.journal.partial = true; }},
};

}  // namespace

constinit const OptionGroup groups::journal{"Journal", options};

}  // namespace prun::app
