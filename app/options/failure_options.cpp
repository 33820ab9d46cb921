// Options: what follows a failure, and when the run ends early.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::app {
namespace {

std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto comma = text.find(',');
    parts.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

void take_retry_kinds(const Given& given, RetryPolicy& retry) {
  retry.on_crash = retry.on_timeout = retry.on_exception = retry.on_exit = false;
  for (const std::string_view kind : parts_of(given.text)) {
    if (kind == "crash") {
      retry.on_crash = true;
    } else if (kind == "timeout") {
      retry.on_timeout = true;
    } else if (kind == "exception") {
      retry.on_exception = true;
    } else if (kind == "exit") {
      retry.on_exit = true;
    } else if (kind == "all") {
      retry.on_crash = retry.on_timeout = retry.on_exception = retry.on_exit = true;
    } else {
      throw UsageError(fmt::format("{} takes crash, timeout, exception, exit or all, not '{}'", given.option, kind));
    }
  }
}

[[noreturn]] void refuse_halt(const Given& given) {
  throw UsageError(
      fmt::format("{} takes never, or soon or now with fail=N, success=N, done=N or a share such as fail=10%; not '{}'",
                  given.option, given.text));
}

/// The policy in today's form, if it is in the older one of GNU parallel: a number, or a share of failed tasks.
std::string in_words(const std::string& text) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> numbers{
      {{"0", "never"}, {"1", "soon,fail=1"}, {"2", "now,fail=1"}, {"-1", "soon,success=1"}, {"-2", "now,success=1"}}};
  for (const auto& [number, words] : numbers) {
    if (number == text) return std::string(words);
  }
  return text.ends_with('%') && text.find(',') == std::string::npos ? "soon,fail=" + text : text;
}

HaltPolicy parse_halt(const Given& given) {
  HaltPolicy halt;
  if (given.text == "never") return halt;
  const auto parts = parts_of(given.text);
  if (parts.size() != 2 || (parts[0] != "soon" && parts[0] != "now")) refuse_halt(given);
  halt.when = parts[0] == "soon" ? HaltPolicy::When::soon : HaltPolicy::When::now;
  const auto equals = parts[1].find('=');
  const std::string_view what = parts[1].substr(0, equals);
  if (equals == std::string_view::npos) refuse_halt(given);
  halt.what = what == "fail"      ? HaltPolicy::What::fail
              : what == "success" ? HaltPolicy::What::success
                                  : HaltPolicy::What::done;
  if (what != "fail" && what != "success" && what != "done") refuse_halt(given);
  std::string_view number = parts[1].substr(equals + 1);
  const bool percent = number.ends_with('%');
  if (percent) number.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size() || value == 0 || (percent && value > 100))
    refuse_halt(given);
  if (percent) {
    halt.percent = static_cast<double>(value);
  } else {
    halt.count = value;
  }
  return halt;
}

HaltPolicy halt_policy(const Given& given) { return parse_halt({given.option, in_words(given.text)}); }

constexpr Option options[] = {
    {.names = "--retries",
     .value = "N",
     .help = "retry a failed task up to N times",
     .details = R"(
Retry a failed task up to N times, in a separate chunk. See --retry-on for the failures that are retried.

A task that ran out of memory is retried alone: prun waits until all running tasks have ended and starts no other task
before the retry has ended.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           const std::uint64_t retries = parse_seed(given.option, given.text);
           to.run.retry.retries = static_cast<std::uint32_t>(std::min<std::uint64_t>(retries, 60'000));
           to.run.retry.delay = std::chrono::milliseconds(100);  // unless --retry-delay, which is taken later, sets it
         }},
    {.names = "--retry-on",
     .value = "KINDS",
     .help = "retry crash,timeout (default), exception, exit",
     .details = R"(
Which failures to retry, separated by commas:
`crash` (a signal ended the worker or the command, the function called exit, or the task ran out of memory),
`timeout`, `exception`, `exit` (a command exited with a status other than 0), `all`. The default is `crash,timeout`.
)",
     .completes = Completes::keywords,
     .choices = "crash timeout exception exit all",
     .needs = "--retries N",
     .take = [](OptionValues& to, const Given& given) { take_retry_kinds(given, to.run.retry); }},
    {.names = "--retry-delay",
     .value = "TIME",
     .help = "pause before the first retry (default: 100ms)",
     .details = R"(
Pause this long before the first retry of a task. The pause doubles with each further retry, up to a minute. prun
changes it at random by up to a half. The default is 100ms.
)",
     .needs = "--retries N",
     .take = [](OptionValues& to,
                const Given& given) { to.run.retry.delay = parse_duration(given.option, given.text, true); }},
    {.names = "--deadline",
     .value = "TIME",
     .help = "end the run after TIME",
     .details = R"(
End the run after this time. The exit status is then 1. Output that its reader has not taken one second later is
dropped.

With --slurm, TIME may be `slurm`: end the run before the time limit of the job. prun starts no task that would not finish
by then. It expects a task to take the mean duration of earlier tasks of its function plus two standard deviations. The exit status
is then 75.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           to.cluster.slurm_deadline = given.text == "slurm";
           if (to.cluster.slurm_deadline) {
             to.run.deadline.reset();
           } else {
             to.run.deadline = parse_duration(given.option, given.text, false);
           }
         }},
    {.names = "--halt",
     .also = "--halt-on-error",
     .value = "WHEN,WHAT",
     .help = "end the run early, as in now,fail=1",
     .details = R"(
End the run early. WHEN is `soon` (start no more tasks, but finish those that run) or `now` (stop running tasks too).
WHAT is `fail=N`, `success=N` or `done=N` tasks, or a share of all tasks such as `fail=10%`. The default is `never`.
A message on standard error says how many tasks were not started. A run that ends because of `success=N` has succeeded: the
exit status is 0. With hosts, tasks that a host has already received may still start.

The older form of GNU parallel works too: 0 is `never`, 1 is `soon,fail=1`, 2 is `now,fail=1`, -1 is `soon,success=1`, -2 is
`now,success=1`, and `10%` is `soon,fail=10%`.
)",
     .completes = Completes::keywords,
     .choices = "never soon,fail=1 now,fail=1 soon,success=1 now,success=1 soon,done=1 now,done=1",
     .take = [](OptionValues& to, const Given& given) { to.run.halt = halt_policy(given); }},
    {.names = "--exit-status",
     .value = "HOW",
     .help = "exit status of failed runs: any, first or count",
     .details = R"(
The exit status of prun if tasks have failed. `any` is 1, the default. `first` is that of the task that failed first: the exit
status of its command, 128 and the number of the signal that ended it, 124 after a time limit, otherwise 1. `count` is the
number of failed tasks, as with GNU parallel; 101 means more than 100. An interruption, wrong input and a deadline keep their exit
statuses.
)",
     .completes = Completes::choices,
     .choices = "any first count",
     .take =
         [](OptionValues& to, const Given& given) {
           to.failure_status = given.text == "first"   ? FailureStatus::first
                               : given.text == "count" ? FailureStatus::count
                                                       : FailureStatus::any;
         }},
    {.names = "--on-end",
     .value = "SCRIPT",
     .help = "run SCRIPT with /bin/sh when the run has ended",
     .details = R"(
Run this script once with `/bin/sh` when the run has ended, even if it was interrupted. The script finds the exit status of prun in
`$PRUN_STATUS`, and numbers of tasks in `$PRUN_SUCCEEDED`, `$PRUN_FAILED` and `$PRUN_NOT_RUN`. prun waits for the script. If the
script fails, prun prints a message, and exits with 3 if it would have exited with 0. A signal that ends prun also ends the script and
all that it has started. The standard input of the script is empty.
)",
     .take = [](OptionValues& to, const Given& given) { to.at_end.on_end = given.text; }},
    {.names = "--on-fail",
     .value = "SCRIPT",
     .help = "as --on-end, but only if the run failed",
     .details = R"(
Run this script as --on-end does, but only if the exit status of prun is not 0. It runs before the script of --on-end.
)",
     .take = [](OptionValues& to, const Given& given) { to.at_end.on_fail = given.text; }},
    {.names = "--drain",
     .help = "on SIGTERM finish running tasks, start no more",
     .details = R"(
After a first SIGTERM, let running tasks end and start no more. A second SIGTERM, a
tenth of a second later or more, ends the run as one SIGTERM does without this option. If tasks were left, or the
input was not read to its end, the last message says so, and the exit status is 143.
)",
     .take = [](OptionValues& to, const Given&) { to.run.drain.by_term = true; }},
};

}  // namespace

constinit const OptionGroup groups::failures{"Failures", options};

}  // namespace prun::app
