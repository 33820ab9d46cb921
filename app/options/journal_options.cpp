// Options: the record of a run, and how to continue a run.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--journal",
     .value = "FILE",
     .help = "record the run in FILE, a SQLite database",
     .details = R"(
Record every task and every attempt in FILE, a SQLite database. FILE must not contain a run yet, unless --resume or
--resume-failed is given. See `Journal` in prun(1).
)",
     .completes = Completes::files,
     .file = FileUse::journal,
     .take = [](OptionValues& to, const Given& given) { to.journal.path = given.text; }},
    {.names = "--resume",
     .help = "continue the run of the journal",
     .details = R"(
Continue the run of the journal: run the tasks that are missing, and print the recorded results again, failures too. If
the journal does not exist yet, create it.
)",
     .needs = "--journal FILE",
     .take = [](OptionValues& to, const Given&) { to.journal.resume = true; }},
    {.names = "--resume-failed",
     .help = "as --resume, and run failed tasks again",
     .details = "Continue the run of the journal as --resume does, and run failed tasks again.",
     .needs = "--journal FILE",
     .take = [](OptionValues& to, const Given&) { to.journal.resume_failed = true; }},
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
