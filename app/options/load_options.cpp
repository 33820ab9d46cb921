// Options: when the next task may start.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace prun::app {
namespace {

double parse_load(const Given& given, unsigned cpus) {
  const std::string_view text = given.text;
  const bool percent = text.ends_with('%');
  const std::string_view digits = text.substr(0, text.size() - (percent ? 1 : 0));
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || !(value > 0)) {
    throw UsageError(fmt::format("{} takes a number of running processes, or a share of the CPUs such as 80%, not '{}'",
                                 given.option, text));
  }
  return percent ? value * cpus / 100 : value;
}

constexpr Option options[] = {
    {.names = "--delay",
     .value = "TIME",
     .help = "wait TIME between the starts of tasks",
     .details = R"(
Wait this long between the starts of tasks. A time is written `30s`, `500ms`, `2m`, `1h`, or in seconds as `1.5`.
)",
     .take = [](OptionValues& to,
                const Given& given) { to.run.admission.delay = parse_duration(given.option, given.text, true); }},
    {.names = "--max-load,--load",
     .value = "N|P%",
     .help = "start no task while N processes run",
     .details = R"(
Start no task while N or more processes run on the machine. P percent means this share of the machine's CPUs.
)",
     .take = [](OptionValues& to,
                const Given& given) { to.run.admission.max_load = parse_load(given, to.run.cpu_budget); }},
    {.names = "--min-free-memory,--memfree",
     .value = "SIZE",
     .help = "start no task while less memory is available",
     .details = R"(
Start no task while less than SIZE of memory is available, on the machine or within the limits of the control groups.
)",
     .take = [](OptionValues& to,
                const Given& given) { to.run.admission.min_free_memory = parse_size(given.option, given.text); }},
    {.names = "--memsuspend",
     .value = "SIZE|P%",
     .help = "stop the youngest commands while memory is short",
     .details = R"(
Stop the most recently started command (SIGSTOP) while less than SIZE of memory is available. Continue it (SIGCONT)
when twice as much is available. With `P%`, memory is short if processes waited for it in more than P percent of the last ten seconds (`/proc/pressure/memory`). One command
always runs. The time for which a command is stopped counts for --timeout. Functions inside prun are not stopped.
)",
     .runs = Runs::commands_or_tasks,
     .take =
         [](OptionValues& to, const Given& given) {
           SuspensionLimit& limit = to.suspension.emplace();
           if (given.text.ends_with('%')) {
             limit.pressure =
                 static_cast<double>(parse_count(given.option, given.text.substr(0, given.text.size() - 1)));
           } else {
             limit.free_bytes = parse_size(given.option, given.text);
           }
         }},
    {.names = "--admit",
     .value = "memory",
     .help = "start a task only if the memory it needs is free",
     .details = R"(
Start a task only if the memory that it is expected to need is available. The expectation is the largest peak memory of
earlier attempts of the same function or command. Memory that running tasks are still expected to take is not
available. A function that has not run yet is expected to need none. One task may always run.
)",
     .completes = Completes::choices,
     .choices = "memory",
     .excludes = {{"--threads", "threads share the memory of their process"}},
     .take = [](OptionValues& to, const Given&) { to.run.admission.by_memory = true; }},
    {.names = "--jobserver-style",
     .value = "STYLE",
     .help = "jobserver for commands: pipe (default) or fifo",
     .details = R"(
How commands reach the jobserver of prun: by a `pipe` (the default) or by a `fifo`, which ninja supports too. See
`Jobserver` in prun(1).
)",
     .completes = Completes::choices,
     .choices = "pipe fifo",
     .excludes = {{"--no-jobserver", "there is no jobserver to reach"}},
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text == "fifo") to.jobserver.style = jobserver::Style::fifo;
         }},
    {.names = "--no-jobserver",
     .help = "neither use make's jobserver nor provide one",
     .details = "Do not use the jobserver of make, and do not provide one to commands.",
     .take = [](OptionValues& to, const Given&) { to.jobserver.wanted = false; }},
};

}  // namespace

constinit const OptionGroup groups::load{"Load", options};

}  // namespace prun::app
