// How progress is shown where.
#include "progress/style.hpp"

#include <doctest/doctest.h>

using namespace prun;
using Style = ProgressStyle;

namespace {

bool is(const ProgressPlan& plan, Style style, int seconds = 0) {
  return plan.style == style && plan.after == std::chrono::seconds(seconds);
}

}  // namespace

TEST_CASE("by default a run draws a bar on a terminal after a second") {
  CHECK(is(plan_progress(Style::automatic, {.terminal = true}), Style::bar, 1));
  CHECK(is(plan_progress(Style::automatic, {.terminal = true, .ci = true}), Style::bar, 1));
}

TEST_CASE("by default a run shows nothing without a terminal, except in CI after a minute") {
  CHECK(is(plan_progress(Style::automatic, {}), Style::none));
  CHECK(is(plan_progress(Style::automatic, {.ci = true}), Style::plain, 60));
}

TEST_CASE("by default a run shows nothing with --quiet, or if commands write to the terminal") {
  CHECK(is(plan_progress(Style::automatic, {.terminal = true, .quiet = true}), Style::none));
  CHECK(is(plan_progress(Style::automatic, {.ci = true, .quiet = true}), Style::none));
  CHECK(is(plan_progress(Style::automatic, {.terminal = true, .shared = true}), Style::none));
}

TEST_CASE("the requested style is used, with lines of text if nothing can be drawn") {
  CHECK(is(plan_progress(Style::bar, {.terminal = true, .quiet = true}), Style::bar));
  CHECK(is(plan_progress(Style::rows, {.terminal = true}), Style::rows));
  CHECK(is(plan_progress(Style::bar, {}), Style::plain));
  CHECK(is(plan_progress(Style::rows, {.terminal = true, .shared = true}), Style::plain));
  CHECK(is(plan_progress(Style::json, {.terminal = true}), Style::json));
  CHECK(is(plan_progress(Style::none, {.terminal = true}), Style::none));
}
