// Options: the workers, and how tasks are handed to them.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include "event/printable.hpp"

#include <fmt/format.h>

#include <sched.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::app {
namespace {

std::vector<int> own_cpus() {
  std::vector<int> cpus;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<std::size_t>(cpu), &set)) cpus.push_back(cpu);
  }
  return cpus;
}

void take_order(OptionValues& to, const Given& given) {
  using order::StartOrder;
  to.run.order = given.text == "longest-first" ? StartOrder::longest_first
                 : given.text == "shuffle"     ? StartOrder::shuffled
                                               : StartOrder::of_input;
}

/// The text, or the beginning of a long one.
std::string beginning_of(std::string_view text) {
  constexpr std::size_t most = 80;
  return text.size() <= most ? std::string(text) : std::string(cut_utf8(text, most)) + "...";
}

void take_cost(OptionValues& to, const Given& given) {
  auto expression = order::CostExpression::parse(given.text);
  if (!expression)
    throw UsageError(fmt::format("{} '{}': {}", given.option, beginning_of(given.text), expression.error()));
  to.order.cost = std::move(*expression);
}

constexpr Option options[] = {
    {.names = "-j,-P,--jobs,--workers,--max-procs",
     .also = "--maxprocs",
     .value = "N|P%|+N|-N|FILE",
     .help = "workers, or a share of the CPUs (default: 100%)",
     .details = R"(
Start N workers, or as many as P percent of the CPUs that prun may use, rounded down. `200%` is two workers per CPU, `+2` is
two workers more than CPUs, and `-1` is one worker fewer. At least 1 worker is started. `0` is 256 workers, but not more than there
are tasks.

If the value is the name of a file, the file holds one of these. prun reads it again when it is written: more tasks start at
once, or fewer as running tasks end. A running prun can have 64 workers, or 4 for each CPU if that is more. It offers no
jobserver to its commands then.

The default is one worker for each of these CPUs: those of the affinity mask, but not more than the CPU quotas of the
control groups allow.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           to.run.workers = parse_jobs(given.option, given.text, to.run.cpu_budget);
           if (names_jobs_file(given.text)) to.jobs_file = given.text;
         }},
    {.names = "-c,--chunksize",
     .value = "N|auto",
     .help = "tasks that a worker takes at once",
     .details = R"(
Hand N tasks at once to a worker. With `auto`, prun measures how long tasks take and what it costs to hand out a chunk. It
chooses small chunks for long tasks, large chunks for short tasks, and small chunks at the end. A worker that has nothing to do
takes over tasks that another worker has not begun.

The default in `map` and `starmap` is the number of tasks divided by four times the number of workers, rounded up. In
other modes, and for commands in every mode, it is 1.
)",
     .completes = Completes::keywords,
     .choices = "auto",
     .take =
         [](OptionValues& to, const Given& given) {
           to.run.guided_chunks = given.text == "auto";
           if (!to.run.guided_chunks) to.run.chunksize = parse_count(given.option, given.text, ", or auto");
         }},
    {.names = "--order",
     .value = "ORDER",
     .help = "start tasks longest first, or in a random order",
     .details = R"(
Start the tasks in this order, one by one. Results keep the order that the mode gives them.

`input` (the default): in the order of the input. `longest-first`: the longest tasks first, so that no long task is left
when all other tasks have ended. The durations come from --cost, from --durations, or from the journal of a run that is resumed.
A task whose duration is not known starts before the others. `shuffle`: in a random order, which depends only on --seed.

prun reads the whole input before it starts the first task, and results wait in memory for their turn. With an
endless input, no task ever starts.
)",
     .completes = Completes::choices,
     .choices = "input longest-first shuffle",
     .excludes = {{"--buffersize", "the next result may be that of the task that starts last"}},
     .take = take_order},
    {.names = "--cost",
     .value = "EXPR",
     .help = "for longest-first: how long a task takes",
     .details = R"(
Compute from its arguments how long a task takes, in any unit, for `--order longest-first`. `$1` is the first argument, which must
be a number, and `size($1)` is the size of the file that it names. Numbers, `+`, `-`, `*`, `/`, `^` and parentheses can be used.
If the cost of a task cannot be computed, no task is started.

    prun --order longest-first --cost 'size($1)' gzip -9k {} ::: *.log
    prun map fib 1..39 --order longest-first --cost '1.618 ^ $1'
)",
     .needs = "--order longest-first",
     .take = take_cost},
    {.names = "--durations",
     .value = "FILE",
     .help = "for longest-first: a journal with durations",
     .details = R"(
Take the durations of tasks from the journal FILE of an earlier run, for `--order longest-first`. A task is found by its function and
arguments, so the runs need not have the same tasks.
)",
     .completes = Completes::files,
     .file = FileUse::read_journal,
     .needs = "--order longest-first",
     .excludes = {{"--cost", "each says how long tasks take"}},
     .take = [](OptionValues& to, const Given& given) { to.order.durations = given.text; }},
    {.names = "--max-tasks-per-child",
     .value = "N",
     .help = "replace a worker after N tasks",
     .details = "Replace a worker process by a new one after it has run N tasks.",
     .excludes = {{"--threads", "threads have no worker processes to replace"}},
     .take = [](OptionValues& to,
                const Given& given) { to.run.max_tasks_per_child = parse_count(given.option, given.text); }},
    {.names = "--threads",
     .help = "use threads instead of worker processes",
     .details = "Run tasks in threads of one process instead of worker processes.",
     .take = [](OptionValues& to, const Given&) { to.run.threads = true; }},
    {.names = "--initializer",
     .value = "CALL",
     .help = "make CALL in each worker before its first task",
     .details = R"(
Make this call in each worker before its first task, as in `--initializer 'setup(3)'`. If the call fails, the run fails.
)",
     .completes = Completes::functions,
     .take = [](OptionValues& to, const Given& given) { to.functions.initializer = given.text; }},
    {.names = "--seed",
     .value = "N",
     .help = "seed of the run's random numbers (default: 0)",
     .details = R"(
Set the seed of the run. The default is 0. The seed of a task depends only on this seed and on the index of the task, so
results do not depend on the number of workers.
)",
     .take = [](OptionValues& to, const Given& given) { to.run.seed = parse_seed(given.option, given.text); }},
    {.names = "--buffersize",
     .value = "N",
     .help = "read at most N tasks ahead of the output",
     .details = "Read at most N tasks ahead of the result that is printed next.",
     .take = [](OptionValues& to, const Given& given) { to.run.window_tasks = parse_count(given.option, given.text); }},
    {.names = "--buffer-bytes",
     .value = "SIZE",
     .help = "hold at most SIZE bytes of arguments and results",
     .details = R"(
Hold at most SIZE bytes of arguments and results, such as `64K`, `16M` or `1G` (powers of 1024). Output that a slow
reader has not taken counts, and so does the output of commands that waits in temporary files. Once this much is held,
prun starts no more tasks. The default is 8M in memory, and 512M together with temporary files.

A single longer input is still read. prun then holds up to three copies of it, and a worker holds its result and the
shared memory of its arguments.
)",
     .take = [](OptionValues& to, const Given& given) { to.run.window_bytes = parse_size(given.option, given.text); }},
    {.names = "--stack-size",
     .value = "SIZE",
     .help = "stack size of worker processes (default: 64M)",
     .details = R"(
Set the stack size of worker processes, which functions run on. The default is 64M if the hard limit allows it, or the
limit that prun was started with if that is larger.

Commands and serving programs keep the limit that prun was started with, unless this option is given.
)",
     .excludes = {{"--threads", "it is for worker processes"}},
     .take = [](OptionValues& to, const Given& given) { to.run.limits.stack = parse_size(given.option, given.text); }},
    {.names = "--nice",
     .value = "N",
     .help = "lower the priority of workers by N",
     .details = "Lower the scheduling priority of worker processes by N, as nice(1) does.",
     .excludes = {{"--threads", "it is for worker processes"}},
     .take = [](OptionValues& to, const Given& given) { to.run.limits.nice = parse_nice(given.option, given.text); }},
    {.names = "--pin",
     .help = "bind each worker to one CPU",
     .details = "Bind each worker process to one CPU. The CPUs are assigned in turn.",
     .excludes = {{"--threads", "it is for worker processes"}},
     .take = [](OptionValues& to, const Given&) { to.run.limits.cpus = own_cpus(); }},
};

}  // namespace

constinit const OptionGroup groups::workers{"Workers", options};

}  // namespace prun::app
