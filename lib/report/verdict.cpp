// See verdict.hpp.
#include "report/verdict.hpp"

#include "event/plural.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>

namespace prun::report {
namespace {

constexpr double worth_telling = 0.10;  // of the time that the run took
constexpr std::int64_t least_advice = 1'000'000'000;
constexpr double most_difference = 3;  // between the rates of recorded and of all attempts: recording takes time too
constexpr std::size_t steps = 1000;

std::int64_t saving(const replay::WhatIf& what_if) {
  return what_if.best ? std::max<std::int64_t>(what_if.wall - what_if.best_wall, 0) : 0;
}

bool is_worth_telling(std::int64_t saved, std::int64_t wall) {
  return static_cast<double>(saved) > worth_telling * static_cast<double>(wall);
}

/// @param part of the run that was replayed
std::string other_choice(const replay::WhatIf& what_if, double part = 1) {
  const auto whole = [part](std::int64_t time) { return static_cast<std::int64_t>(static_cast<double>(time) / part); };
  return fmt::format("{} would have taken about {} instead of {}", replay::option_of(*what_if.best),
                     about(whole(what_if.best_wall)), about(whole(what_if.wall)));
}

/// The part of the run that is recorded, if it stands for the rest: its tasks ended as fast.
std::optional<double> recorded_part(const history::History& history) {
  const double part = static_cast<double>(history.recorded()) / static_cast<double>(history.wall());
  const double tasks = static_cast<double>(history.run_end()->succeeded + history.run_end()->failed);
  if (part >= 1) return 1;
  const double expected = static_cast<double>(history.totals().attempts) / part;
  if (expected > tasks * most_difference || expected * most_difference < tasks) return std::nullopt;
  return part;
}

/// The most frequent wait of idle workers, if it was most of their waiting time.
std::optional<std::string_view> main_wait(const Load& load) {
  const auto most = std::max_element(load.waiting.begin(), load.waiting.end());
  if (*most < (1 - load.busy) / 2) return std::nullopt;
  switch (static_cast<Wait>(most - load.waiting.begin())) {
    case Wait::input: return "mostly because the input had no task for them";
    case Wait::order: return "mostly because results had to wait for their order or for their reader";
    case Wait::held: return "mostly because tasks were held back (load, memory, delay, retries or the jobserver)";
    case Wait::nothing: return std::nullopt;
  }
  return std::nullopt;
}

/// Advice to start the longest tasks first, if that saves time that no chunk size saves.
std::optional<std::string> by_order(const replay::WhatIf& what_if) {
  for (const auto& row : what_if.rows) {
    if (row.kind != replay::WhatIf::Row::Kind::longest_first) continue;
    const std::int64_t time = row.times[1] + std::max<std::int64_t>(what_if.wall - what_if.replayed, 0);
    if (!is_worth_telling(what_if.wall - time, what_if.wall)) return std::nullopt;
    return fmt::format("starting the longest tasks first would have taken about {} instead of {}", about(time),
                       about(what_if.wall));
  }
  return std::nullopt;
}

std::string reason(const history::History& history, const Load& load, const replay::WhatIf& what_if) {
  if (const auto wait = main_wait(load)) return ", " + std::string(*wait) + '.';
  if (is_worth_telling(saving(what_if), what_if.wall)) return ": " + other_choice(what_if) + '.';
  if (const auto order = by_order(what_if)) return ": " + *order + '.';
  const std::int64_t longest = history.totals().longest;
  const auto slowest = history.slowest().sorted();
  if (load.busy < 0.9 && !slowest.empty() && longest > history.wall() * 3 / 4)
    return fmt::format(": the longest task alone, {}, took {} of {}.", slowest.front().call, about(longest),
                       about(history.wall()));
  return ": no other chunk size would have been much faster.";
}

std::string nothing_ran(const history::Totals& totals) {
  if (totals.recalled == 0) return "No task ran.";
  std::string text = fmt::format("No task ran: earlier runs had recorded {}", plural(totals.recalled, "outcome"));
  if (totals.recalled_failures > 0) text += ", including " + plural(totals.recalled_failures, "failure");
  return text + '.';
}

/// The record of a run without an end lacks the tasks that were running, so it does not tell how busy its workers were.
std::string unended(const history::History& history) {
  const history::Totals& totals = history.totals();
  const std::uint64_t recorded = totals.succeeded + totals.failed + totals.recalled;
  const bool known = history.tasks() && *history.tasks() >= recorded;
  const std::string tasks =
      known ? fmt::format("{} of {}", recorded, plural(*history.tasks(), "task")) : plural(recorded, "task");
  const bool one = (known ? *history.tasks() : recorded) == 1;
  return fmt::format("{}: {} {} recorded.", history.killed() ? "The run was killed" : "The run had not ended", tasks,
                     one ? "was" : "were");
}

}  // namespace

std::string verdict(const history::History& history, const Load& load, const replay::WhatIf& what_if) {
  if (!history.run_end()) return unended(history);
  if (history.totals().attempts == 0) return nothing_ran(history.totals());
  if (what_if.rows.empty()) return "No task was measured.";
  const auto idle = static_cast<int>(std::lround(100 * (1 - load.busy)));
  const bool busy = idle < 10 && !is_worth_telling(saving(what_if), what_if.wall);
  if (busy)
    return fmt::format("Workers were busy {}% of the time: no other chunk size would have been much faster.",
                       100 - idle);
  return fmt::format("Workers were idle {}% of the time{}", idle, reason(history, load, what_if));
}

std::optional<std::string> advice(const history::History& history) {
  if (history.totals().attempts == 0 || history.incomplete()) return std::nullopt;
  if (!history.run_end() || history.run_end()->how != RunEnded::How::done) return std::nullopt;
  if (history.wall() <= least_advice) return std::nullopt;  // no change can save that much
  const std::optional<double> part = recorded_part(history);
  if (!part) return std::nullopt;
  const replay::WhatIf what_if = replay::what_if(history);
  const std::int64_t saved = saving(what_if);
  if (static_cast<double>(saved) <= least_advice * *part || !is_worth_telling(saved, what_if.wall)) return std::nullopt;
  const Load load = load_of(history, steps);
  if (main_wait(load)) return std::nullopt;
  return fmt::format("workers were idle {:.0f}% of the time: {}", 100 * (1 - load.busy), other_choice(what_if, *part));
}

}  // namespace prun::report
