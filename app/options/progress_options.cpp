// Options: how far a run is, shown while it runs.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <fcntl.h>

#include <array>
#include <climits>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

using Style = ProgressStyle;

/// The name is one of the entry's choices.
Style style_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Style>, 5> styles{{{"bar", Style::bar},
                                                                             {"rows", Style::rows},
                                                                             {"plain", Style::plain},
                                                                             {"json", Style::json},
                                                                             {"none", Style::none}}};
  for (const auto& [known, style] : styles) {
    if (known == name) return style;
  }
  return Style::automatic;
}

int writable_descriptor(const Given& given) {
  const bool is_number = !given.text.empty() && given.text.find_first_not_of("0123456789") == std::string::npos;
  if (!is_number)
    throw UsageError(
        fmt::format("{} takes the number of an open descriptor, such as 3, not '{}'; open it in the shell: 3>FILE",
                    given.option, given.text));
  const std::uint64_t number = parse_seed(given.option, given.text);
  const int flags = number <= INT_MAX ? ::fcntl(static_cast<int>(number), F_GETFL) : -1;
  if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) {
    throw UsageError(fmt::format("{} {}: the descriptor is not open for writing; open it in the shell: {}>FILE",
                                 given.option, number, number));
  }
  return static_cast<int>(number);
}

constexpr Option options[] = {
    {.names = "--progress",
     .value = "STYLE",
     .implied = "auto",
     .help = "progress as auto, bar, rows, plain, json or none",
     .details = R"(
Show the progress of the run on standard error. STYLE is one of:

`auto` (the default, also without this option): a bar if standard error is a terminal, after the first second of the run.
Otherwise nothing. If the environment has CI=true, lines as with `plain`, after the first minute.

`bar`: one line, with the number of tasks done, failed and running, the rate, the elapsed time, the time left with a range that
contains the actual time four times out of five, and the task that has run longest. It is drawn at most ten times a second. It never mixes
with results that prun writes to the same terminal. But lines of another program can mix with it: of `cat` in `prun ... | cat`, prun
does not know when they appear. Then use --progress=plain or --progress=none. A narrow terminal gets the most important parts,
and one of less than 10 columns gets no bar.

`rows`: the bar, and below it the tasks that have run longest, each with its age, its memory and the last line that its command
has written. If no task is started although a worker is idle, a line says why.

`plain`: a line of text every 30 seconds, or with each tenth of the tasks.

`json`: one object per second, each on its own line. See --progress-fd.

`none`: nothing.

The number of tasks is known if the input is a list or a range. prun never reads the input ahead to count it; see --total.
`bar` and `rows` become `plain` if lines cannot be drawn: standard error is not a terminal, TERM is `dumb`, or commands write directly
to the terminal (--ungroup, --tty). No colour is used.
)",
     .completes = Completes::choices,
     .choices = "auto bar rows plain json none",
     .take = [](OptionValues& to, const Given& given) { to.progress.style = style_named(given.text); }},
    {.names = "--bar,--eta",
     .help = "the same as --progress=bar",
     .details = "The same as --progress=bar, by the names that it has in GNU parallel.",
     .excludes = {{"--progress", "it asks for a style too"}},
     .take = [](OptionValues& to, const Given&) { to.progress.style = Style::bar; }},
    {.names = "--progress-fd",
     .value = "N",
     .help = "write the progress to descriptor N, as JSON",
     .details = R"(
Write the progress to the open descriptor N instead of standard error. Without --progress, this means --progress=json. Lines that
a slow reader does not take are dropped. A JSON object has these keys:

`v` is 1. `done`, `failed` and `running` count tasks; `done` includes those that failed. `total` is the number of tasks.
`rate` is in tasks per second, `elapsed` in seconds. `left`, `left_low` and `left_high` are the estimated seconds until the end
and their range. `longest` is the task that has run longest: an object with its index `task`, its `age` in seconds and its
`call`. `held_back` is the reason why no task is started. `end` is true in the last object. Unknown values are omitted.
)",
     .take = [](OptionValues& to, const Given& given) { to.progress.fd = writable_descriptor(given); }},
    {.names = "--total",
     .also = "--total-jobs,--totaljobs",
     .value = "N",
     .help = "number of tasks, if the input does not tell it",
     .details = R"(
Set the number of tasks, so that the progress shows a percentage and the time left even if the input is read from a pipe.
The option changes nothing else. If the number is known from the input, prun ignores this option.
)",
     .take = [](OptionValues& to, const Given& given) { to.progress.total = parse_count(given.option, given.text); }},
};

}  // namespace

constinit const OptionGroup groups::progress{"Progress", options};

}  // namespace prun::app
