// Why nothing starts, as the status block and `--progress=rows` say it: a sentence for each reason.
#include "progress/hold_up_text.hpp"

#include "event/hold_up_word.hpp"
#include "progress/frame.hpp"
#include "progress/run_watch.hpp"
#include "progress/status_block.hpp"
#include "support/fake_run.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace std::chrono_literals;
using Reason = HeldBack::Reason;

namespace {

/// Task 17 has run for long, and another worker is idle.
void one_slow_task(test::FakeRun& run) {
  run.runs(17, 538s, "slow(17)");
  run.idles();
}

}  // namespace

TEST_CASE("each reason why nothing starts has a sentence, in the status block and above the rows") {
  const std::vector<std::pair<HeldBack, std::string>> sentences{
      {{Reason::input, std::nullopt}, "the input has no task yet"},
      {{Reason::order, 17}, "the buffer is full of results that wait for task 17, slow(17), which has run for 8m58s"},
      {{Reason::order, std::nullopt}, "the buffer is full of results that wait for their turn"},
      {{Reason::reader, std::nullopt}, "the reader of the output is slow"},
      {{Reason::load, std::nullopt}, "the machine is as busy as --max-load allows"},
      {{Reason::memory, std::nullopt}, "too little memory is free"},
      {{Reason::memory, 17}, "task 17, slow(17), ran out of memory and is retried alone"},
      {{Reason::delay, std::nullopt}, "the pause of --delay is not over"},
      {{Reason::retry, std::nullopt}, "only retries are left, and none is due yet"},
      {{Reason::jobserver, std::nullopt}, "the jobserver has no free token"},
      {{Reason::system, std::nullopt}, "the system refuses to start another process"},
  };
  for (const auto& [held, sentence] : sentences) {
    CAPTURE(sentence);
    test::FakeRun run;
    one_slow_task(run);
    run.held = held;
    CHECK(hold_up_text(run, held) == "nothing starts: " + sentence);
    CHECK(status_block(run).find("prun: nothing starts: " + sentence + "\n") != std::string::npos);
    RunWatch watch(run, std::nullopt);
    const auto rows = bar_and_rows(watch.look(RunWatch::Clock::now(), 5, true), 200, 10);
    REQUIRE(rows.size() == 3);
    CHECK(rows[1] == "nothing starts: " + sentence);
  }
}

TEST_CASE("no reason is shown while tasks start") {
  test::FakeRun run;
  one_slow_task(run);
  CHECK(hold_up_text(run, {}).empty());
  CHECK(status_block(run).find("nothing starts") == std::string::npos);
  RunWatch watch(run, std::nullopt);
  CHECK(bar_and_rows(watch.look(RunWatch::Clock::now(), 5, true), 200, 10).size() == 2);
}

TEST_CASE("a task whose start is not known is named without an age") {
  test::FakeRun run;
  run.runs(17, std::nullopt, "slow(17)");
  CHECK(hold_up_text(run, {Reason::order, 17}) ==
        "nothing starts: the buffer is full of results that wait for task 17, slow(17)");
}

TEST_CASE("each reason has its own word") {
  std::set<std::string_view> words;
  for (int reason = 1; reason <= static_cast<int>(Reason::system); ++reason)
    words.insert(hold_up_word(static_cast<Reason>(reason)));
  CHECK(words.size() == static_cast<std::size_t>(Reason::system));
  CHECK_FALSE(words.contains(""));
  CHECK(hold_up_word(Reason::nothing).empty());
}
