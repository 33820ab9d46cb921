// Options: the report of a run.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

#include "numbers.hpp"
#include "usage_error.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--report",
     .value = "FILE",
     .repeatable = true,
     .help = "write a report of the run: FILE.html or .svg",
     .details = R"(
Write a report to FILE when the run has ended: a page that says how busy the workers were, what each worker did, how long tasks
took, which tasks failed and why, and what other chunk sizes and numbers of workers would have taken. The page needs no network
and no other file.

If the name of FILE ends in `.svg`, write the timeline of the workers as a picture. The option may be given several times.
`prun report` makes the same page from a journal.
)",
     .completes = Completes::files,
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError("--report needs the name of a file");
           to.reports.push_back(given.text);
         }},
    {.names = "--run",
     .value = "N",
     .words = words::report,
     .help = "report run N of the journal (default: the last)",
     .details = R"(
Make the report of run N of the journal. `prun journal FILE` lists the runs. Without this option, the report is about the last
run that ran a task.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           to.run_number = static_cast<std::int64_t>(parse_count(given.option, given.text));
         }},
};

}  // namespace

constinit const OptionGroup groups::report{"Report", options};

}  // namespace prun::app
