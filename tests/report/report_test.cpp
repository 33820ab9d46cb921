// The parts of a report, from a record that is filled by hand.
#include "report/charts.hpp"
#include "report/functions_table.hpp"
#include "report/load.hpp"
#include "report/page.hpp"
#include "report/text.hpp"
#include "report/timeline.hpp"
#include "report/timeline_svg.hpp"
#include "report/verdict.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun;
using namespace prun::report;
using history::History;
using history::RunFacts;

namespace {

constexpr std::int64_t second = 1'000'000'000;

RunFacts facts(std::uint32_t workers, std::string mode = "imap") {
  RunFacts facts;
  facts.command = {"prun", "imap", "fib", "1..39"};
  facts.mode = std::move(mode);
  facts.workers = workers;
  return facts;
}

struct Run {
  explicit Run(RunFacts given) : history(std::move(given)) {}
  void ran(std::uint64_t index, std::uint32_t worker, std::int64_t from, std::int64_t to, std::string call = "fib(1)",
           std::optional<FailureKind> failure = std::nullopt, std::string_view message = {}) {
    history::EndedAttempt ended;
    ended.attempt.index = index;
    ended.attempt.worker = worker;
    ended.attempt.started = from;
    ended.attempt.duration = to - from;
    ended.attempt.function = history.calls().function_number("fib");
    ended.attempt.failure = failure;
    ended.message = message;
    history.add(ended, [&] { return call; });
  }
  void done(std::int64_t time) { history.end({}, time, "done"); }
  [[nodiscard]] std::string sentence() const {
    return verdict(history, load_of(history, 1000), replay::what_if(history));
  }
  History history;
};

/// Two workers: one has ten tasks of a second in one chunk, the other had none.
Run one_chunk() {
  RunFacts given = facts(2);
  given.chunksize = 10;
  Run run(given);
  for (std::uint64_t i = 0; i < 10; ++i)
    run.ran(i, 0, static_cast<std::int64_t>(i) * second, static_cast<std::int64_t>(i + 1) * second);
  run.done(10 * second);
  return run;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::uint64_t number_at(std::string_view bytes, std::size_t& at) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.at(at++));
    number |= std::uint64_t{byte & 127U} << shift;
    if (byte < 128) return number;
  }
}

}  // namespace

TEST_CASE("durations, counts and bytes are written as people read them") {
  CHECK(duration_text(530) == "530 ns");
  CHECK(duration_text(12'340) == "12.3 \u00b5s");
  CHECK(duration_text(4'200'000) == "4.20 ms");
  CHECK(duration_text(53'100'000'000) == "53.1 s");
  CHECK(duration_text(123 * second) == "2m 03s");
  CHECK(duration_text(3720 * second) == "1h 02m");
  CHECK(about(28 * second) == "28 s");
  CHECK(about(310'000'000) == "310 ms");
  CHECK(about(1'500'000) == "1.50 ms");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1'234'567) == "1,234,567");
  CHECK(bytes_text(512) == "512 B");
  CHECK(bytes_text(1536) == "1.5 KiB");
  CHECK(duration_data(4'200'000) == "<data value=\"4200000\">4.20 ms</data>");
}

TEST_CASE("no text becomes markup, a script or a control sequence") {
  CHECK(escaped("</script><b a='1' c=\"2\">&") == "&lt;/script&gt;&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;");
  CHECK(escaped("\x1b[31m\xff") == "\\x1b[31m\xef\xbf\xbd");
  CHECK(json_text("</script>\"\n\xff") == "\"\\u003c/script>\\\"\\n\xef\xbf\xbd\"");
}

TEST_CASE("bytes are written in Base64") {
  CHECK(base64("") == "");
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foo") == "Zm9v");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string("\0\xff\x10", 3)) == "AP8Q");
}

TEST_CASE("ticks are at round times") {
  CHECK(tick_step(53 * second, 9) == 10 * second);
  CHECK(tick_step(9 * second, 9) == second);
  CHECK(tick_step(600 * second, 9) == 120 * second);
  CHECK(tick_step(3'000'000, 9) == 500'000);
  CHECK(tick_text(1'500'000, 500'000) == "1.5 ms");
  CHECK(tick_text(20 * second, 10 * second) == "20 s");
}

TEST_CASE("the verdict says how long workers were idle, and what would have been faster") {
  CHECK(one_chunk().sentence() ==
        "Workers were idle 50% of the time: the default chunk size would have taken about 5.0 s instead of 10 s.");
  Run run(facts(2, "map"));  // its default makes chunks of two
  std::int64_t now = 0;
  for (const std::uint64_t index : {0U, 1U}) {
    run.ran(index, 0, now, now + 10 * second);
    now += 10 * second;
  }
  for (std::uint64_t index = 2; index < 10; ++index) run.ran(index, 1, 0, 1000);
  run.done(20 * second);
  CHECK(run.sentence() ==
        "Workers were idle 50% of the time: --chunksize 1 would have taken about 10 s instead of 20 s.");
}

TEST_CASE("the verdict names the reason why workers waited") {
  Run run(facts(1));
  run.ran(0, 0, 0, second);
  run.history.add_hold_up({second, HeldBack::Reason::input, UINT64_MAX});
  run.history.add_hold_up({9 * second, HeldBack::Reason::nothing, UINT64_MAX});
  run.ran(1, 0, 9 * second, 10 * second);
  run.done(10 * second);
  CHECK(run.sentence() == "Workers were idle 80% of the time, mostly because the input had no task for them.");
}

TEST_CASE("the verdict says that nothing is to be gained, that one task is too long, or that nothing ran") {
  Run busy(facts(1));
  busy.ran(0, 0, 0, 10 * second);
  busy.done(10 * second);
  CHECK(busy.sentence() == "Workers were busy 100% of the time: no other chunk size would have been much faster.");
  Run longest(facts(2));
  longest.ran(0, 0, 0, 10 * second, "fib(39)");
  longest.ran(1, 1, 0, second);
  longest.done(10 * second);
  CHECK(longest.sentence() == "Workers were idle 45% of the time: the longest task alone, fib(39), took 10 s of 10 s.");
  Run nothing(facts(2));
  nothing.done(1);
  CHECK(nothing.sentence() == "No task ran.");
}

TEST_CASE("the verdict on a run without an end says how many tasks are recorded, and gives no advice") {
  Run run(facts(2));
  run.ran(0, 0, 0, second);
  run.ran(1, 0, second, 9 * second);
  CHECK(run.sentence() == "The run was killed: 2 tasks were recorded.");
  run.history.set_tasks(6);
  run.history.count_recalled(1, 0);
  CHECK(run.sentence() == "The run was killed: 3 of 6 tasks were recorded.");
  run.history.still_runs();
  CHECK(run.sentence() == "The run had not ended: 3 of 6 tasks were recorded.");
}

TEST_CASE("the verdict names earlier runs if no task ran because of them") {
  Run run(facts(2));
  run.history.count_recalled(4, 2);
  run.done(1);
  CHECK(run.sentence() == "No task ran: earlier runs had recorded 4 outcomes, including 2 failures.");
}

TEST_CASE("advice is given only for more than a second and a tenth of the time") {
  CHECK(advice(one_chunk().history) ==
        "workers were idle 50% of the time: the default chunk size would have taken about 5.0 s instead of 10 s");
  RunFacts given = facts(2);
  given.chunksize = 10;
  Run quick(given);
  for (std::uint64_t i = 0; i < 10; ++i)
    quick.ran(i, 0, static_cast<std::int64_t>(i) * second / 10, static_cast<std::int64_t>(i + 1) * second / 10);
  quick.done(second);
  CHECK_FALSE(advice(quick.history));
  Run interrupted = one_chunk();
  interrupted.history.end({.how = RunEnded::How::interrupted, .signal = 2}, 10 * second, "interrupted by SIGINT");
  CHECK_FALSE(advice(interrupted.history));
}

TEST_CASE("advice for a run that is recorded in part counts with the whole run, if its tasks ended at a similar rate") {
  const auto advice_for = [](std::uint64_t tasks) {
    Run run = one_chunk();
    run.history.stop(10 * second);
    run.history.end({.succeeded = tasks}, 40 * second, "done");
    return advice(run.history);
  };
  CHECK(advice_for(40) ==
        "workers were idle 50% of the time: the default chunk size would have taken about 20 s instead of 40 s");
  CHECK(advice_for(100));
  CHECK_FALSE(advice_for(130));
  CHECK_FALSE(advice_for(13));
}

TEST_CASE("the load is a mean for each step, and waits are split by their reasons") {
  Run run(facts(2));
  run.ran(0, 0, 0, 10);
  run.ran(1, 1, 5, 25);
  run.history.add_hold_up({25, HeldBack::Reason::order, 3});
  run.done(39);
  const Load load = load_of(run.history, 4);
  CHECK(load.step == 10);
  CHECK(load.running == std::vector<double>{1.5, 1.0, 0.5, 0.0});
  CHECK(load.busy == doctest::Approx(30.0 / 78));
  const double waiting = load.waiting[0] + load.waiting[1] + load.waiting[2] + load.waiting[3];
  CHECK(waiting == doctest::Approx(1 - 30.0 / 80));
  CHECK(load.waiting[static_cast<std::size_t>(Wait::order)] > 0.3);
  CHECK(load.waiting[static_cast<std::size_t>(Wait::input)] == 0);
}

TEST_CASE("very many waits become as many spans as were asked for, each with the wait that it has most of") {
  Run run(facts(1));
  for (std::int64_t i = 0; i < 1000; ++i) {
    run.history.add_hold_up({i * 10, HeldBack::Reason::input, UINT64_MAX});
    run.history.add_hold_up({i * 10 + 9, HeldBack::Reason::nothing, UINT64_MAX});
  }
  run.ran(0, 0, 0, 1);
  run.done(10'000);
  CHECK(wait_spans(run.history, 5000).size() == 1000);
  const auto spans = wait_spans(run.history, 50);
  REQUIRE(spans.size() == 1);
  CHECK(spans[0].wait == Wait::input);
}

TEST_CASE("a timeline has every attempt if all fit") {
  Run run(facts(2));
  run.history.add_chunk(0, 2);
  run.history.add_chunk(2, 2);
  run.ran(0, 0, 100, 200);
  run.ran(1, 0, 250, 300, "fib(1)", FailureKind::exit, "no");
  run.ran(2, 1, 100, 600);
  run.done(1000);
  const Timeline timeline = timeline_of(run.history, 1'000);
  REQUIRE(timeline.exact);
  CHECK(timeline.rows == 2);
  std::size_t at = 0;
  const std::vector<std::uint64_t> wanted{2,      4,   200, 100, 0,
                                          /**/ 2, 100, 50,  0,   static_cast<std::uint64_t>(FailureKind::exit),
                                          /**/ 1, 4,   200, 500, 4};
  for (const std::uint64_t number : wanted) CHECK(number_at(timeline.bytes, at) == number);
  CHECK(at == timeline.bytes.size());
}

TEST_CASE("a timeline of more attempts than fit has steps of time") {
  Run run(facts(1));
  for (std::uint64_t i = 0; i < 1000; ++i)
    run.ran(i, 0, static_cast<std::int64_t>(i) * 10, static_cast<std::int64_t>(i) * 10 + 5, "fib(1)",
            i == 500 ? std::optional(FailureKind::exit) : std::nullopt);
  run.done(9'999);
  const Timeline timeline = timeline_of(run.history, 200);
  CHECK_FALSE(timeline.exact);
  CHECK(timeline.steps == 100);
  CHECK(timeline.step == 100);
  REQUIRE(timeline.bytes.size() == 200);
  CHECK(static_cast<unsigned char>(timeline.bytes[0]) == 128);  // half busy
  CHECK(timeline.bytes[1] == 1);
  CHECK(timeline.bytes[101] == (1 | 4));  // one of them failed
}

TEST_CASE("a histogram counts attempts by magnitude, the function that took longest first") {
  Run run(facts(1));
  run.ran(0, 0, 0, 1'000);
  run.ran(1, 0, 0, 1'100);
  run.ran(2, 0, 0, 100'000);
  const Histogram histogram = histogram_of(run.history, 8);
  CHECK(histogram.first_bin == 3 * Histogram::per_decade);
  CHECK(histogram.bins == 2 * Histogram::per_decade + 1);
  REQUIRE(histogram.functions.size() == 1);
  CHECK(histogram.functions[0].counts.front() == 2);
  CHECK(histogram.functions[0].counts.back() == 1);
  CHECK(histogram.functions[0].total == 102'100);
}

TEST_CASE("a page has the run's figures, forbids the network, and keeps what tasks are called apart from its markup") {
  Run run = one_chunk();
  run.ran(10, 1, 0, second, "</script><script>alert(1)</script>", FailureKind::exit, "<img src=http://x>");
  run.history.calls().add_call(11, "</script>");
  const std::string page = make_page(run.history);
  CHECK(page.starts_with("<!doctype html>"));
  CHECK(contains(page, "default-src 'none'"));
  CHECK(contains(page, "<dd id=\"attempts\"><data value=\"11\">11</data>"));
  CHECK(contains(page, "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;"));
  CHECK_FALSE(contains(page, "<img"));
  CHECK_FALSE(contains(page, "<script>alert"));
  CHECK_FALSE(contains(page, "{{"));
  std::size_t scripts = 0;
  for (std::size_t at = page.find("</script"); at != std::string::npos; at = page.find("</script", at + 1)) ++scripts;
  CHECK(scripts == 2);
}

TEST_CASE("a page and a picture can be made of a run in which nothing ran") {
  Run run(facts(1));
  run.done(0);
  CHECK(contains(make_page(run.history), "No task ran."));
  CHECK(contains(make_svg(run.history), "</svg>"));
}

TEST_CASE("a picture tells failures from values without colors") {
  Run run = one_chunk();
  run.ran(10, 1, 0, second, "<b>", FailureKind::exit, "no");
  const std::string picture = make_svg(run.history);
  CHECK(contains(picture, "class=\"cross\""));
  CHECK(contains(picture, "&lt;b&gt;, 1.00 s, exit"));
  CHECK_FALSE(contains(picture, "<b>"));
}
