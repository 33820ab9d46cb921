// Options: the limits of a task, and how a task that exceeds them is stopped.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"

#include <chrono>

namespace prun::app {
namespace {

constexpr Option options[] = {
    {.names = "--timeout",
     .value = "TIME",
     .help = "stop a task that runs longer, as in 30s or 2m",
     .details = R"(
Stop a task that runs longer than this, together with everything that it has started. The task fails. Output that a
command has written is kept.

A command or a serving program is asked to end first, see --grace. A function inside prun is killed together with its
worker, and the worker is replaced.
)",
     .excludes = {{"--threads", "a thread cannot be stopped in the middle of a task"}},
     .take = [](OptionValues& to,
                const Given& given) { to.run.timeout = parse_duration(given.option, given.text, false); }},
    {.names = "--grace",
     .value = "TIME",
     .help = "time to end before SIGKILL (default: 400ms)",
     .details = R"(
How long a program has to end after prun has asked it to. Then it is killed. The default is 400ms; 0 kills at once.
prun asks a program to end at --timeout and --cpu-limit, and when the run ends early: at --deadline, at --halt `now`,
or because of a signal.

prun sends SIGINT if the user pressed Ctrl-C, and SIGTERM otherwise, to the process group of the program and to every
process that the program has started outside of this group. A second Ctrl-C, a tenth of a second later or more, ends
the wait.
)",
     .take = [](OptionValues& to,
                const Given& given) { to.run.grace = parse_duration(given.option, given.text, true); }},
    {.names = "--cpu-limit",
     .value = "TIME",
     .help = "stop a task that uses more CPU time than TIME",
     .details = R"(
Stop a task that uses more CPU time than this. The CPU time of everything that a command has started counts, in steps of
10 ms.
)",
     .excludes = {{"--threads", "a thread cannot be stopped in the middle of a task"}},
     .take =
         [](OptionValues& to, const Given& given) {
           to.run.limits.cpu_time =
               std::chrono::duration_cast<std::chrono::microseconds>(parse_duration(given.option, given.text, false));
         }},
    {.names = "--memory-limit",
     .value = "SIZE",
     .help = "stop a task that uses more memory than SIZE",
     .details = R"(
Limit the memory of a task. A task that exceeds the limit fails with the kind `out_of_memory`.

If prun has a control group (version 2) of its own with the memory controller, each worker gets a group below it, and its
commands get another. Everything that a task starts counts. A command that exceeds the limit is killed together with
everything that it has started, and what it wrote is kept. A function that exceeds it is killed together with its worker.
This command
provides such a group:

    systemd-run --user --scope -p Delegate=yes prun ...

The groups are removed at the end of the run. If prun is killed, the next prun in the same group removes them at the
latest.

Otherwise the limit applies to the private memory (RLIMIT_DATA) of a worker and of each process that it starts. With
--verbose prun says which limit applies, and why.

With or without a limit, a task that SIGKILL ended also fails with `out_of_memory` if the system killed a process for
lack of memory since the run began or since the last such failure.
)",
     .excludes = {{"--threads", "threads share the memory of their process"}},
     .take = [](OptionValues& to, const Given& given) { to.run.limits.memory = parse_size(given.option, given.text); }},
};

}  // namespace

constinit const OptionGroup groups::limits{"Limits", options};

}  // namespace prun::app
