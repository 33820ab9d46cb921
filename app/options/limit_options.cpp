// Options: the limits of a task, and how a task that exceeds them is stopped.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace prun::app {
namespace {

[[noreturn]] void refuse_sequence(const Given& given) {
  throw UsageError(fmt::format("{} takes signals, and milliseconds between them, such as TERM,200,KILL, not '{}'",
                               given.option, given.text));
}

bool is_signal_name(std::string_view name) {
  static constexpr std::array<std::string_view, 11> names{"TERM", "KILL", "INT",  "HUP",  "QUIT", "ABRT",
                                                          "USR1", "USR2", "PIPE", "ALRM", "CONT"};
  if (name.starts_with("SIG")) name.remove_prefix(3);
  if (std::ranges::find(names, name) != names.end()) return true;
  return !name.empty() && name.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_kill(std::string_view name) { return name == "KILL" || name == "SIGKILL" || name == "9"; }
bool is_term(std::string_view name) { return name == "TERM" || name == "SIGTERM" || name == "15"; }

/// A sequence of --termseq, as far as prun can follow it.
struct StopForm {
  std::optional<std::chrono::milliseconds> grace;  ///< the sum of the times before KILL; absent: it has none
  bool followed = true;                            ///< TERM is the only signal before KILL
};

StopForm stop_form(const Given& given) {
  StopForm form;
  bool is_signal = true;  // signals and times alternate
  std::string_view left = given.text;
  for (;;) {
    const std::string_view part = left.substr(0, left.find(','));
    const bool last = part.size() == left.size();
    if (is_signal) {
      if (!is_signal_name(part)) refuse_sequence(given);
      if (is_kill(part)) {
        form.grace = form.grace.value_or(std::chrono::milliseconds(0));
        return form;
      }
      form.followed = form.followed && is_term(part);
    } else {
      std::uint64_t time = 0;
      const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), time);
      if (error != std::errc{} || end != part.data() + part.size() || time > 86'400'000) refuse_sequence(given);
      form.grace = form.grace.value_or(std::chrono::milliseconds(0)) + std::chrono::milliseconds(time);
    }
    if (last) {
      form.followed = false;  // prun kills a program in the end
      return form;
    }
    is_signal = !is_signal;
    left.remove_prefix(part.size() + 1);
  }
}

void take_sequence(OptionValues& to, const Given& given) {
  const StopForm form = stop_form(given);
  if (form.grace) to.run.grace = *form.grace;
  to.command.stop_note.reset();
  if (form.followed) return;
  to.command.stop_note = fmt::format(
      "prun does not send the signals of --termseq {}: it sends SIGTERM, and SIGKILL {} ms later; a script can trap "
      "TERM",
      given.text, std::chrono::duration_cast<std::chrono::milliseconds>(to.run.grace).count());
}

/// `3x`, `2.5x`, `300%`. Absent: another form.
std::optional<double> factor_of(const Given& given) {
  std::string_view text = given.text;
  const bool percent = text.ends_with('%');
  if (!percent && !text.ends_with('x')) return std::nullopt;
  text.remove_suffix(1);
  double factor = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), factor);
  if (percent) factor /= 100;
  if (error != std::errc{} || end != text.data() + text.size() || !(factor >= 1 && factor <= 1e6))
    throw UsageError(fmt::format("{} takes a time such as 30s, or a multiple of the median of 1x or more, not '{}'",
                                 given.option, given.text));
  return factor;
}

constexpr Option options[] = {
    {.names = "--timeout",
     .value = "TIME|Nx",
     .help = "stop a task that runs longer, as in 30s or 3x",
     .details = R"(
Stop a task that runs longer than this, together with everything that it has started. The task fails. Output that a
command has written is kept.

`3x`, or `300%` as in GNU parallel, is three times the median of the tasks that have succeeded, but at least 1 s. There is no limit
before three tasks have succeeded.

A command or a serving program is asked to end first, see --grace. A function inside prun is killed together with its
worker, and the worker is replaced.
)",
     .excludes = {{"--threads", "a thread cannot be stopped in the middle of a task"}},
     .take =
         [](OptionValues& to, const Given& given) {
           const auto factor = factor_of(given);
           to.run.timeout_factor = factor.value_or(0);
           to.run.timeout.reset();
           if (!factor) to.run.timeout = parse_duration(given.option, given.text, false);
         }},
    {.names = "--grace",
     .value = "TIME",
     .help = "time to end before SIGKILL (default: 400ms)",
     .details = R"(
The time that a program has to end after prun has asked it to. Then it is killed. The default is 400ms; 0 kills immediately.
prun asks a program to end at --timeout and --cpu-limit, and when the run ends early: at --deadline, at --halt `now`,
or because of a signal.

prun sends SIGINT if the user pressed Ctrl-C, and SIGTERM otherwise, to the process group of the program and to every
process that the program has started outside of this group. A second Ctrl-C, a tenth of a second later or more, ends
the wait.
)",
     .take = [](OptionValues& to,
                const Given& given) { to.run.grace = parse_duration(given.option, given.text, true); }},
    {.names = "--termseq",
     .also = "--term-seq",
     .value = "SEQUENCE",
     .help = "as --grace, in the form of GNU parallel",
     .details = R"(
The time between SIGTERM and SIGKILL in the form of GNU parallel: signals, and milliseconds between them, separated by
commas. `TERM,200,TERM,100,KILL` gives a program 300 ms. prun sends SIGTERM once, and then SIGKILL. If the sequence has other signals
or does not end with `KILL`, a warning says what prun does instead.
)",
     .excludes = {{"--grace", "both say how long a program has to end"}},
     .take = [](OptionValues& to, const Given& given) { take_sequence(to, given); }},
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

If prun has its own control group (version 2) with the memory controller, each worker gets a group below it, and its
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
