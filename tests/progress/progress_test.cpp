// The part that shows progress, with a run, a terminal and a clock that the test plays.
#include "progress/progress.hpp"

#include "progress/fake_screen_support.hpp"
#include "support/fake_run.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <stdio.h>
#include <unistd.h>

#include <string>

using namespace prun;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

namespace {

/// An output whose text the test reads.
struct Printed {
  Printed() = default;
  Printed(const Printed&) = delete;
  Printed& operator=(const Printed&) = delete;
  ~Printed() { ::fclose(file); }
  std::string text() {
    buffer.flush();
    std::string all(1U << 16U, '\0');
    all.resize(static_cast<std::size_t>(::pread(::fileno(file), all.data(), all.size(), 0)));
    return all;
  }
  FILE* file = ::tmpfile();
  OutputBuffer buffer{::fileno(file), "a test's output"};
};

struct Desk {
  explicit Desk(ProgressPlan plan, std::optional<std::uint64_t> total = std::nullopt)
      : progress(plan, total, {&out.buffer, &err.buffer, &lines.buffer}, {&screen, nullptr}, [this] { return now; }) {
    run.now_total = 100;
    progress.start(run);
  }
  /// Time goes by, and the run calls when it was asked to. @return so often
  int pass(std::chrono::milliseconds time) {
    int calls = 0;
    const auto end = now + time;
    while (progress.next_time() && *progress.next_time() <= end) {
      run.time += *progress.next_time() - now;
      now = *progress.next_time();
      progress.on_time();
      ++calls;
    }
    run.time += end - now;
    now = end;
    return calls;
  }

  test::FakeRun run;
  test::FakeScreen screen;
  Printed out;
  Printed err;
  Printed lines;
  std::chrono::steady_clock::time_point now{1h};
  Progress progress;
};

std::size_t count_lines(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a bar is drawn after its time, at most ten times a second, and is gone at the end") {
  Desk desk({ProgressStyle::bar, 1s});
  desk.pass(999ms);
  CHECK(desk.screen.writes == 0);
  desk.pass(1ms);
  CHECK(desk.screen.seen() == Lines{"[   0/100   0%] 0 running  0.0/s  0:01 elapsed"});
  CHECK(desk.pass(1000ms) <= 10);
  desk.progress.before_end();
  CHECK(desk.screen.seen().empty());
  CHECK_FALSE(desk.progress.next_time().has_value());
}

TEST_CASE("a frame is written only when something changed") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.pass(900ms);
  CHECK(desk.screen.writes == 1);
  desk.run.now_done.succeeded = 7;
  desk.pass(100ms);
  CHECK(desk.screen.writes == 2);
}

TEST_CASE("the bar counts failures, and shows the oldest task with its age") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.screen.window.columns = 200;
  desk.run.now_done = {40, 2, 8};
  desk.run.runs(50, 3s, "fib(50)");
  desk.run.runs(51, 538s, "./sim 51");
  desk.pass(100ms);
  REQUIRE(desk.screen.seen().size() == 1);
  CHECK(desk.screen.seen()[0] == "[  50/100  50%] 2 failed  2 running  420/s  0:00 elapsed  longest: 8m58s ./sim 51");
}

TEST_CASE("a task whose start is not known is as old as it has been seen") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.screen.window.columns = 200;
  desk.run.runs(50, std::nullopt, "fib(50)");
  desk.pass(5100ms);
  CHECK(desk.screen.seen()[0].ends_with("longest: 5s fib(50)"));
}

TEST_CASE("an escape sequence in a task's name is not sent to the terminal") {
  Desk desk({ProgressStyle::rows, 0s});
  desk.run.runs(0, 9s, "\x1b]0;title\a\x1b[2J");
  desk.run.output = "\x1b[31mred\r\n";
  desk.pass(100ms);
  CHECK(desk.screen.text.strange().empty());
  CHECK(desk.screen.seen().back() == R"(      9s        \x1b]0;title\x07\x1b[2J | \x1b[31mred\r\n)");
}

TEST_CASE("the estimate comes from measured tasks, of this run and of earlier ones") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.screen.window.columns = 200;
  desk.run.now_done = {1, 0, 9};
  desk.run.limit = 1;
  detail::AttemptInfo info;
  info.duration_ns = 2'000'000'000;
  for (std::uint64_t i = 0; i < 9; ++i) desk.progress.on_event(OutcomeRecalled{i, nullptr, info});
  desk.progress.on_event(CallMeasured{9, 2s, 1});
  desk.pass(100ms);
  CHECK(desk.screen.seen()[0] == "[  10/100  10%] 0 running  10/s  0:00 elapsed  ~3m left (2-4m)");
}

TEST_CASE("a given total is used if the input does not determine it") {
  Desk desk({ProgressStyle::bar, 0s}, 50);
  desk.run.now_total.reset();
  desk.run.now_done.succeeded = 5;
  desk.pass(100ms);
  CHECK(desk.screen.seen()[0].starts_with("[  5/50  10%]"));
  desk.run.now_total = 20;
  desk.pass(100ms);
  CHECK(desk.screen.seen()[0].starts_with("[  5/20  25%]"));
}

TEST_CASE("a resized terminal gets lines of its width") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.pass(100ms);
  desk.screen.window.columns = 20;
  desk.pass(100ms);
  CHECK(desk.screen.seen() == Lines{"[   0/100   0%]"});
  desk.screen.window.columns = 10;
  desk.pass(100ms);
  CHECK(desk.screen.seen() == Lines{"0/100"});
}

TEST_CASE("a terminal that is too narrow for a bar gets none until it is wider") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.pass(100ms);
  for (const std::size_t columns : {9U, 1U}) {
    desk.screen.window.columns = columns;
    desk.pass(100ms);
    CHECK(desk.screen.seen().empty());
  }
  desk.screen.window.columns = 10;
  desk.pass(100ms);
  CHECK(desk.screen.seen() == Lines{"0/100"});
}

TEST_CASE("the drawing is cleared before the process is stopped, and drawn again afterwards") {
  Desk desk({ProgressStyle::bar, 0s});
  desk.pass(100ms);
  desk.progress.before_pause();
  CHECK(desk.screen.seen().empty());
  desk.progress.after_pause();
  desk.pass(100ms);
  CHECK(desk.screen.seen().size() == 1);
}

TEST_CASE("plain lines come every 30 s, or with each tenth of the tasks") {
  Desk desk({ProgressStyle::plain, 60s});
  desk.pass(59s);
  CHECK(desk.lines.text().empty());
  desk.pass(61s);
  CHECK(count_lines(desk.lines.text()) == 3);  // after 60, 90 and 120 s
  desk.run.now_done.succeeded = 10;
  desk.pass(10s);
  CHECK(count_lines(desk.lines.text()) == 4);
  CHECK(desk.lines.text().ends_with("prun: 10 of 100 tasks done (10%), 0 running, 5.0/min, 2:01 elapsed\n"));
}

TEST_CASE("JSON is an object a second, with one at the end") {
  Desk desk({ProgressStyle::json, 0s});
  desk.pass(3s);
  desk.run.now_done.succeeded = 100;
  desk.progress.before_end();
  desk.progress.finish();
  const std::string text = desk.lines.text();
  CHECK(count_lines(text) == 5);
  const auto last = nlohmann::json::parse(text.substr(text.rfind('\n', text.size() - 2) + 1));
  CHECK(last["v"] == 1);
  CHECK(last["done"] == 100);
  CHECK(last["end"] == true);
}
