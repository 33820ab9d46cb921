// Options: the report of a run, and its trace.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

#include "numbers.hpp"
#include "report_name.hpp"
#include "trace_name.hpp"
#include "usage_error.hpp"

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--report",
     .value = "FILE",
     .repeatable = true,
     .help = "write a report of the run: FILE.html or .svg",
     .details = R"(
Write a report to FILE when the run has ended: a page that shows how busy the workers were, what each worker did, how long tasks
took, which tasks failed and why, and how long the run would have taken with other chunk sizes and numbers of
workers. The page needs no network and no other file.

If the name of FILE ends in `.svg`, write the timeline of the workers as a picture. The name of a page ends in `.html` or `.htm`.
Other suffixes are refused. The option may be given several times.
`prun report` makes the same page from a journal.
)",
     .completes = Completes::files,
     .file = FileUse::written,
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError("--report needs the name of a file");
           check_report_name(given.text);
           to.reports.push_back(given.text);
         }},
    {.names = "--trace",
     .value = "FILE",
     .repeatable = true,
     .help = "write a trace: FILE.json[.gz] or FILE.pftrace",
     .details = R"(
Write a trace to FILE when the run has ended, even if it was interrupted. Open it in https://ui.perfetto.dev, which reads the file
in the browser, or in chrome://tracing. The trace has a track for each worker, with a slice for each chunk and each task, and an
arrow from a failed attempt to the next one. Counters show the running tasks, the failed tasks, the results that wait for the
results of earlier tasks, and the memory of the workers. A track shows why no task was started.

If the name of FILE ends in `.json`, the trace is JSON in the Trace Event format. If it ends in `.pftrace`, the trace is in Perfetto's
format, which is about half as large. A further `.gz` compresses it. A name without a suffix, or in /dev, gets JSON. Other names are
refused. The option may be given several times. `prun trace` makes a trace from a journal, even if the run was killed.
)",
     .completes = Completes::files,
     .file = FileUse::written,
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError("--trace needs the name of a file");
           check_trace_name(given.text);
           to.traces.push_back(given.text);
         }},
    {.names = "--run",
     .value = "N",
     .words = words::report | words::trace,
     .help = "take run N of the journal (default: the last)",
     .details = R"(
Make the report or the trace of run N of the journal. `prun journal FILE` lists the runs. The default is the last run that
ran a task.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           to.run_number = static_cast<std::int64_t>(parse_count(given.option, given.text));
         }},
};

}  // namespace

constinit const OptionGroup groups::report{"Report and trace", options};

}  // namespace prun::app
