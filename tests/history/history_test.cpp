// The record of a run, from events alone.
#include "history/history_recorder.hpp"

#include "function/registry.hpp"
#include "history/chunk_bounds.hpp"
#include "support/fake_run.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

using namespace prun;
using namespace prun::history;

namespace {

class Calls final : public TaskTexts {
 public:
  std::string call_of(std::uint64_t index) override { return "call " + std::to_string(index); }
};

RunPart::Clock::time_point now{std::chrono::seconds(100)};

std::int64_t ms(std::int64_t milliseconds) { return milliseconds * 1'000'000; }

/// A run that begins 100 s after the machine has started.
struct Desk {
  explicit Desk(std::uint64_t in_memory = History::default_in_memory) : history(RunFacts{}, in_memory) {
    add_builtin_functions(registry);
  }
  void ended(std::uint64_t index, std::int64_t start_ms, std::int64_t duration_ms, std::int32_t pid = 10,
             const Failure* failure = nullptr, std::uint32_t attempt = 1, bool final = true) {
    tell(index, start_ms, duration_ms, pid, failure, attempt, final, 0, {});
  }
  void ended_on(std::uint32_t host, std::string_view name, std::uint64_t index, std::int64_t start_ms,
                std::int32_t pid) {
    tell(index, start_ms, 1, pid, nullptr, 1, true, host, name);
  }
  void tell(std::uint64_t index, std::int64_t start_ms, std::int64_t duration_ms, std::int32_t pid,
            const Failure* failure, std::uint32_t attempt, bool final, std::uint32_t host, std::string_view name) {
    detail::AttemptInfo info;
    info.host = host;
    info.started_ns = std::chrono::nanoseconds(began).count() + ms(start_ms);
    info.duration_ns = ms(duration_ms);
    info.worker = pid;
    info.attempt = attempt;
    recorder.on_event(AttemptEnded{index, *registry.find("fib"), value, failure, info, final, calls, name});
  }
  void at(std::int64_t milliseconds) {
    now = RunPart::Clock::time_point(began) + std::chrono::milliseconds(milliseconds);
  }
  std::vector<Attempt> attempts() const {
    std::vector<Attempt> all;
    history.for_each_attempt([&](const Attempt& attempt) { all.push_back(attempt); });
    return all;
  }

  const std::chrono::nanoseconds began =
      (now = RunPart::Clock::time_point(std::chrono::seconds(100))).time_since_epoch();
  Registry registry;
  Calls calls;
  std::string value;
  History history;
  HistoryRecorder recorder{history, for_report, [] { return now; }};
};

Failure failed_with(std::string message) {
  Failure failure;
  failure.type = "E";
  failure.message = std::move(message);
  return failure;
}

}  // namespace

TEST_CASE("an attempt is stored in 24 bytes and read back unchanged") {
  Attempt attempt;
  attempt.index = 68'000'000'000;
  attempt.attempt = 30;
  attempt.worker = 16'000;
  attempt.function = 16'000;
  attempt.started = 86'400'000'000'000 * 300;  // ns: 300 days
  attempt.duration = 86'400'000'000'001 * 200;
  attempt.cpus = 3.5;
  attempt.failure = last_failure_kind;
  attempt.final = false;
  const Attempt back = PackedAttempt(attempt).unpacked();
  CHECK(back.index == attempt.index);
  CHECK(back.attempt == attempt.attempt);
  CHECK(back.worker == attempt.worker);
  CHECK(back.function == attempt.function);
  CHECK(back.started == attempt.started);
  CHECK(back.duration == attempt.duration);
  CHECK(back.cpus == attempt.cpus);
  CHECK(back.failure == attempt.failure);
  CHECK(back.final == attempt.final);
}

TEST_CASE("unmeasured and too large values are distinguished from measured ones") {
  const Attempt never = PackedAttempt(Attempt{}).unpacked();
  CHECK_FALSE(never.started);
  CHECK(never.worker == Attempt::no_worker);
  CHECK(never.final);
  CHECK_FALSE(never.failure);
  Attempt at_once;
  at_once.started = 0;
  at_once.cpus = 1000;
  at_once.attempt = 1000;
  const Attempt back = PackedAttempt(at_once).unpacked();
  CHECK(back.started == 0);
  CHECK(back.cpus == doctest::Approx(7.97).epsilon(0.01));
  CHECK(back.attempt == 31);
}

TEST_CASE("attempts, times and places of workers come from events") {
  Desk desk;
  desk.recorder.on_event(WorkerStarted{0, 10});
  desk.at(3);
  desk.recorder.on_event(WorkerStarted{1, 0});  // its process is not known yet
  desk.value = "12345";
  desk.ended(0, 5, 20);
  desk.ended(1, 6, 40, 11);
  const auto attempts = desk.attempts();
  REQUIRE(attempts.size() == 2);
  CHECK(attempts[0].started == ms(5));
  CHECK(attempts[0].duration == ms(20));
  CHECK(attempts[0].worker == 0);
  CHECK(attempts[1].worker == 1);
  CHECK(desk.history.worker_count() == 2);
  CHECK(desk.history.calls().functions() == std::vector<std::string>{"fib"});
  CHECK(desk.history.totals().busy == ms(60));
  CHECK(desk.history.totals().longest == ms(40));
  CHECK(desk.history.wall() == ms(46));  // it has not ended
  CHECK(desk.history.slowest().sorted().at(0).call == "call 1");
  CHECK(desk.history.largest().sorted().at(0).result_bytes == 5);
}

TEST_CASE("workers of several machines have separate places, even if their processes have the same ids") {
  Desk desk;
  test::FakeRun run;
  run.limit = 5;
  desk.recorder.start(run);
  desk.recorder.on_event(WorkerStarted{0, 10});
  desk.ended(0, 0, 1, 10);
  desk.ended_on(1, "node1", 1, 0, 10);
  desk.ended_on(2, "node2", 2, 0, 10);
  desk.recorder.on_event(WorkerStarted{1, 11});  // its place in the pool is that of node1's worker
  desk.ended(3, 2, 1, 11);
  desk.ended_on(1, "node1", 4, 2, 10);
  const auto attempts = desk.attempts();
  std::vector<std::string> names;
  for (const Attempt& attempt : attempts) names.push_back(desk.history.worker_name(attempt.worker));
  CHECK(names ==
        std::vector<std::string>{"worker 0", "node1: worker 1", "node2: worker 2", "worker 3", "node1: worker 1"});
  CHECK(desk.history.worker_count() == 4);
  CHECK(desk.history.facts().workers == 5);
}

TEST_CASE("a worker that is replaced leaves its place to the next process") {
  Desk desk;
  desk.recorder.on_event(WorkerStarted{0, 10});
  desk.ended(0, 0, 1, 10);
  desk.at(2);
  desk.recorder.on_event(WorkerEnded{0, 10, 9});
  desk.at(3);
  desk.recorder.on_event(WorkerStarted{0, 11});
  desk.ended(1, 3, 1, 11);
  for (const Attempt& attempt : desk.attempts()) CHECK(attempt.worker == 0);
  const auto& lives = desk.history.workers().lives();
  REQUIRE(lives.size() == 2);
  CHECK(lives[0].ended == ms(2));
  CHECK(lives[0].status == 9);
  CHECK(lives[1].started == ms(3));
  CHECK_FALSE(lives[1].ended);
  CHECK(desk.history.worker_count() == 1);
}

TEST_CASE("an unknown process gets its own place") {
  Desk desk;
  desk.ended(0, 0, 1, 77);
  desk.ended(1, 0, 1, 78);
  CHECK(desk.attempts().at(0).worker == 0);
  CHECK(desk.attempts().at(1).worker == 1);
  desk.ended(2, 0, 0, 0);
  CHECK(desk.attempts().at(2).worker == Attempt::no_worker);
}

TEST_CASE("consecutive chunks of the same size are stored as one") {
  Desk desk;
  for (std::uint64_t i = 0; i < 3000; i += 3) desk.recorder.on_event(ChunkStarted{i, 3, 1});
  desk.recorder.on_event(ChunkStarted{3000, 2, 1});
  desk.recorder.on_event(ChunkStarted{1, 1, 2});  // tried again: a chunk of its own
  std::vector<ChunkRun> runs;
  desk.history.for_each_chunk_run([&](const ChunkRun& run) { runs.push_back(run); });
  REQUIRE(runs.size() == 2);
  CHECK(runs[0].first_index == 0);
  CHECK(runs[0].chunks == 1000);
  CHECK(runs[0].size == 3);
  CHECK(runs[1].first_index == 3000);
  CHECK(runs[1].size == 2);
}

TEST_CASE("hold-ups are kept with their time") {
  Desk desk;
  desk.at(7);
  desk.recorder.on_event(HeldBack{HeldBack::Reason::order, 17});
  desk.at(9);
  desk.recorder.on_event(HeldBack{});
  std::vector<HoldUp> all;
  desk.history.for_each_hold_up([&](const HoldUp& hold_up) { all.push_back(hold_up); });
  REQUIRE(all.size() == 2);
  CHECK(all[0].time == ms(7));
  CHECK(all[0].reason == HeldBack::Reason::order);
  CHECK(all[0].index == 17);
  CHECK(all[1].reason == HeldBack::Reason::nothing);
}

TEST_CASE("failures are counted by task and by attempt, and have an example") {
  Desk desk;
  const Failure first = failed_with("cannot open /tmp/a17: error 2");
  const Failure second = failed_with("cannot open /var/b: error 13");
  const Failure third = failed_with("stop");
  desk.ended(4, 0, 1, 10, &first, 1, false);
  desk.ended(4, 2, 1, 10, &second, 2);
  desk.ended(5, 2, 1, 10, &third);
  desk.ended(6, 2, 1, 10, &second);
  desk.ended(7, 2, 1);
  const auto groups = desk.history.failures().sorted();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].pattern == "E: cannot open PATH: error N");
  CHECK(groups[0].tasks == 2);
  CHECK(groups[0].attempts == 3);
  CHECK(groups[0].call == "call 4");
  CHECK(groups[0].message == "E: cannot open /tmp/a17: error 2");
  CHECK(groups[1].tasks == 1);
  const Totals& totals = desk.history.totals();
  CHECK(totals.attempts == 5);
  CHECK(totals.succeeded == 1);
  CHECK(totals.failed == 3);
  CHECK(totals.retried == 1);
}

TEST_CASE("an attempt that the end of the run has stopped does not count as tried again") {
  Desk desk;
  Failure stopped;
  stopped.kind = FailureKind::interrupted;
  desk.ended(0, 0, 1, 10, &stopped, 1, false);
  CHECK(desk.history.totals().stopped == 1);
  CHECK(desk.history.totals().retried == 0);
  CHECK(desk.history.totals().failed == 0);
}

TEST_CASE("numbers, paths and addresses of a message do not count") {
  const std::map<std::string, std::string> patterns{
      {"exit status 3", "exit status N"},
      {"took 1.25 s of 10", "took N s of N"},
      {"at 0x7ffe12 in ./lib/a.so", "at HEX in PATH"},
      {"commit 3f2a91bc is gone", "commit HEX is gone"},
      {"file 'a b' of ../x/y: no", "file 'a b' of PATH: no"},
      {"added a decade", "added a decade"},
      {"read/write", "read/write"},
      {"a / b", "a / b"},
      {"x17 of y2k", "xN of yNk"},
      {"", ""},
  };
  for (const auto& [message, pattern] : patterns) CHECK(message_pattern(message) == pattern);
}

TEST_CASE("a range of tasks has the calls of all its tasks") {
  Desk desk;
  desk.recorder.on_event(RangeRead{10, *desk.registry.find("fib"), IntRange{39, -1, 39}});
  desk.ended(12, 0, 1);
  desk.ended(3, 0, 1);
  CHECK(desk.history.call_of(10) == "fib(39)");
  CHECK(desk.history.call_of(48) == "fib(1)");
  CHECK(desk.history.call_of(49) == "task 49");
  CHECK(desk.history.call_of(3) == "call 3");
}

TEST_CASE("the run's end says how it ended and how long it took") {
  Desk desk;
  CHECK(desk.history.ending() == "was killed");
  desk.at(1234);
  desk.recorder.on_event(RunEnded{.how = RunEnded::How::interrupted, .signal = 2, .succeeded = 1, .not_run = 5});
  CHECK(desk.history.ending() == "interrupted by SIGINT");
  CHECK(desk.history.wall() == ms(1234));
  CHECK(desk.history.run_end()->not_run == 5);
}

TEST_CASE("only the slowest are kept with their calls") {
  Desk desk;
  for (std::uint64_t i = 0; i < 1000; ++i) desk.ended(i, 0, static_cast<std::int64_t>(1 + (i * 7919) % 1000));
  const auto slowest = desk.history.slowest().sorted();
  REQUIRE(slowest.size() == History::top_count);
  for (std::size_t i = 0; i < slowest.size(); ++i)
    CHECK(slowest[i].duration == ms(1000 - static_cast<std::int64_t>(i)));
}

TEST_CASE("a record for a trace has samples, and the calls that were running at the end") {
  using namespace std::chrono_literals;
  test::FakeRun run;
  run.now_done.waiting = 3;
  run.bytes = 4096;
  run.runs(17, 30ms, "slow(17)");
  run.runs(18, std::nullopt, "quick(18)");  // its start is not known
  now = RunPart::Clock::time_point(100s);
  History history{RunFacts{}};
  HistoryRecorder recorder{history, for_trace, [] { return now; }};
  recorder.on_event(WorkerStarted{0, 100});
  CHECK_FALSE(recorder.next_time());
  recorder.start(run);
  REQUIRE(recorder.next_time());
  CHECK(*recorder.next_time() == now + 100ms);
  now += 100ms;
  run.now_done.waiting = 5;
  recorder.on_time();
  recorder.finish();
  CHECK_FALSE(recorder.next_time());
  std::vector<Sample> samples;
  history.for_each_sample([&](const Sample& sample) { samples.push_back(sample); });
  REQUIRE(samples.size() == 3);
  CHECK(samples[0].time == 0);
  CHECK(samples[0].waiting == 3);
  CHECK(samples[0].memory == 8192);  // of both workers
  CHECK(samples[1].time == ms(100));
  CHECK(samples[1].waiting == 5);
  REQUIRE(history.unended().size() == 1);
  CHECK(history.unended()[0].index == 17);
  CHECK(history.unended()[0].started == ms(70));
  CHECK(history.call_of(17) == "slow(17)");
}

TEST_CASE("a record for advice ends after a short block of attempts, and those stand for the rest") {
  Desk desk;
  int changes = 0;
  HistoryRecorder recorder(
      desk.history, for_advice, [] { return now; }, [&changes] { ++changes; });
  const auto run = [&](std::uint64_t attempts) {
    for (std::uint64_t i = 0; i < attempts; ++i) {
      detail::AttemptInfo info;
      info.started_ns = std::chrono::nanoseconds(desk.began).count() + 1;
      recorder.on_event(AttemptEnded{i, *desk.registry.find("fib"), {}, nullptr, info, true, desk.calls, {}});
    }
  };
  CHECK(has_any(recorder.wants(), Wants::outcomes));
  run(HistoryRecorder::block);
  CHECK_FALSE(recorder.next_time());
  run(1);
  desk.at(400);  // this block took its time
  REQUIRE(recorder.next_time());
  recorder.on_time();
  CHECK(changes == 0);
  CHECK_FALSE(recorder.next_time());
  run(HistoryRecorder::block + 1);
  desk.at(500);
  REQUIRE(recorder.next_time());
  recorder.on_time();
  CHECK(changes == 1);
  CHECK(recorder.wants() == Wants::end);
  desk.at(3000);
  recorder.on_event(RunEnded{});
  CHECK(desk.history.wall() == ms(3000));
  CHECK(desk.history.recorded() == ms(500));
}

TEST_CASE("a record for a report takes no samples") {
  test::FakeRun run;
  History history{RunFacts{}};
  HistoryRecorder recorder{history};
  recorder.start(run);
  CHECK_FALSE(recorder.next_time());
  recorder.finish();
  std::size_t samples = 0;
  history.for_each_sample([&](const Sample&) { ++samples; });
  CHECK(samples == 0);
}

TEST_CASE("a task is found in its chunk, wherever the chunks of the run begin") {
  History history{RunFacts{}};
  history.add_chunk(10, 3);
  history.add_chunk(13, 3);
  history.add_chunk(16, 2);
  history.add_chunk(0, 4);
  const ChunkBounds bounds(history);
  using Chunk = ChunkBounds::Chunk;
  const auto chunk_of = [&](std::uint64_t index, std::uint32_t attempt = 1) {
    Attempt asked;
    asked.index = index;
    asked.attempt = attempt;
    return bounds.chunk_of(asked);
  };
  CHECK(chunk_of(12) == Chunk{10, 3});
  CHECK(chunk_of(13) == Chunk{13, 3});
  CHECK(chunk_of(17) == Chunk{16, 2});
  CHECK(chunk_of(3) == Chunk{0, 4});
  CHECK_FALSE(chunk_of(4));
  CHECK_FALSE(chunk_of(18));
  CHECK(chunk_of(12, 2) == Chunk{12, 1});
  CHECK(bounds.largest() == 4);
}

TEST_CASE("a chunk, or the rest of a chunk, ends before a rest that was handed out again") {
  History history{RunFacts{}};
  history.add_chunk(0, 8);
  history.add_chunk(8, 8);
  history.add_chunk(16, 8);
  history.add_chunk(12, 4);  // of the second chunk
  history.add_chunk(24, 4);
  history.add_chunk(14, 2);  // of that rest
  history.add_chunk(4, 4);   // of the first chunk
  history.add_chunk(16, 8);  // all of the third: its worker died
  const ChunkBounds bounds(history);
  using Chunk = ChunkBounds::Chunk;
  const std::vector<Chunk> expected{{0, 4}, {4, 4}, {8, 4}, {12, 2}, {14, 2}, {16, 8}, {24, 4}};
  std::uint64_t index = 0;
  for (const Chunk& chunk : expected) {
    for (; index < chunk.first_index + chunk.size; ++index) {
      CAPTURE(index);
      Attempt asked;
      asked.index = index;
      CHECK(bounds.chunk_of(asked) == chunk);
    }
  }
  Attempt behind;
  behind.index = index;
  CHECK_FALSE(bounds.chunk_of(behind));
}
