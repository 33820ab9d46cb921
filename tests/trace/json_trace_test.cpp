// Traces in the Trace Event format, read back.
#include "trace/json_trace.hpp"

#include "trace/write_trace.hpp"
#include "trace_run.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace prun::trace;
using nlohmann::json;

namespace {

json traced(const history::History& history) {
  test::KeptBytes kept;
  JsonTrace sink(kept);
  write_trace(history, sink);
  CHECK(kept.finished);
  return json::parse(kept.bytes);
}

std::vector<json> events(const json& trace, const std::string& phase, const std::string& category = {}) {
  std::vector<json> found;
  for (const json& event : trace["traceEvents"]) {
    if (event["ph"] == phase && (category.empty() || event["cat"] == category)) found.push_back(event);
  }
  return found;
}

json trace_with_a_retry() {
  test::TracedRun run;
  test::run_with_a_retry(run);
  return traced(run.history);
}

}  // namespace

TEST_CASE("a trace has a track for each worker, named and in order") {
  const json trace = trace_with_a_retry();
  std::vector<std::string> names;
  for (const json& event : events(trace, "M")) {
    if (event["name"] == "thread_name") names.push_back(event["args"]["name"]);
  }
  CHECK(names == std::vector<std::string>{"nothing starts", "worker 0", "worker 1"});
  CHECK(trace["otherData"]["command"] == "prun map say \"hi\" 1..6");
  CHECK(trace["otherData"]["ending"] == "done");
}

TEST_CASE("each attempt is a slice on the track of its worker") {
  const auto tasks = events(trace_with_a_retry(), "X", "task");
  REQUIRE(tasks.size() == 7);
  CHECK(tasks[0]["name"] == "fib(0)");
  CHECK(tasks[0]["ts"] == 10.0);
  CHECK(tasks[0]["dur"] == 10.0);
  CHECK(tasks[0]["tid"] == 1);
  CHECK(tasks[0]["args"] == json{{"task", 0}});
  CHECK(tasks[3]["args"] == json{{"task", 4}, {"attempt", 1}, {"failure", "lost_signal"}});
  CHECK(tasks[6]["args"] == json{{"task", 4}, {"attempt", 2}});
}

TEST_CASE("a chunk is a slice around its tasks, and a retried task is a chunk of its own") {
  const json trace = trace_with_a_retry();
  const auto begins = events(trace, "B", "chunk");
  const auto ends = events(trace, "E");
  REQUIRE(begins.size() == 3);
  REQUIRE(ends.size() == 3);
  CHECK(begins[0]["ts"] == 10.0);
  CHECK(begins[0]["args"] == json{{"first_task", 0}, {"tasks", 3}});
  CHECK(begins[1]["ts"] == 11.0);
  CHECK(begins[2]["args"] == json{{"first_task", 4}, {"tasks", 1}});
  CHECK(ends[0]["ts"] == 70.0);  // of worker 0, before the retry
  CHECK(ends[0]["tid"] == 1);
}

TEST_CASE("the events of a worker's track are balanced and in the order of time") {
  const json trace = trace_with_a_retry();
  for (const int track : {1, 2}) {
    double now = 0;
    int open = 0;
    for (const json& event : trace["traceEvents"]) {
      if (event["ph"] != "B" && event["ph"] != "E" && event["ph"] != "X") continue;
      if (event["tid"] != track) continue;
      CHECK(event["ts"].get<double>() >= now);
      now = event["ts"];
      if (event["ph"] == "B") ++open;
      if (event["ph"] == "E") --open;
      if (event["ph"] == "X") CHECK(open == 1);
    }
    CHECK(open == 0);
  }
}

TEST_CASE("an arrow leads from the failed attempt to the next one") {
  const json trace = trace_with_a_retry();
  const auto from = events(trace, "s");
  const auto to = events(trace, "f");
  REQUIRE(from.size() == 1);
  REQUIRE(to.size() == 1);
  CHECK(from[0]["id"] == to[0]["id"]);
  CHECK(from[0]["tid"] == 2);
  CHECK(from[0]["ts"] == 49.999);  // within the slice
  CHECK(to[0]["tid"] == 1);
  CHECK(to[0]["ts"] == 80.0);
  CHECK(to[0]["bp"] == "e");
}

TEST_CASE("an attempt whose retry never ran has no arrow") {
  test::TracedRun run;
  run.ran(0, 0, 0, 10, 1, FailureKind::lost_signal, false);
  run.done(10);
  const json trace = traced(run.history);
  CHECK(events(trace, "s").empty());
  CHECK(events(trace, "X", "task").size() == 1);
}

TEST_CASE("counters show running and failed tasks, waiting results and memory") {
  std::map<std::string, std::vector<std::pair<double, std::uint64_t>>> counters;
  for (const json& event : events(trace_with_a_retry(), "C")) {
    const std::string name = event["name"];
    counters[name].emplace_back(event["ts"], event["args"][name == "memory" ? "bytes" : "tasks"]);
  }
  using Points = std::vector<std::pair<double, std::uint64_t>>;
  CHECK(counters["failed"] == Points{{60, 1}});
  CHECK(counters["waiting for order"] == Points{{0, 0}, {50, 2}});
  CHECK(counters["memory"] == Points{{0, 4096}, {50, 8192}});
  CHECK(counters["running"] ==
        Points{{10, 1}, {11, 2}, {20, 1}, {21, 2}, {50, 1}, {55, 2}, {60, 1}, {70, 0}, {80, 1}, {95, 0}});
}

TEST_CASE("a delay of the run is a slice with the reason") {
  const auto held = events(trace_with_a_retry(), "X", "held back");
  REQUIRE(held.size() == 1);
  CHECK(held[0]["name"] == "order");
  CHECK(held[0]["ts"] == 96.0);
  CHECK(held[0]["dur"] == 2.0);
}

TEST_CASE("a call that was running when the run ended is a slice until then") {
  test::TracedRun run;
  run.history.add_unended({7, 1, 40'000}, "fib(7)");
  run.done(100);
  const auto tasks = events(traced(run.history), "X", "task");
  REQUIRE(tasks.size() == 1);
  CHECK(tasks[0]["name"] == "fib(7)");
  CHECK(tasks[0]["dur"] == 60.0);
  CHECK(tasks[0]["args"] == json{{"task", 7}, {"ended", false}});
}

TEST_CASE("chunks of one task each are not drawn") {
  test::TracedRun run;
  for (std::uint64_t i = 0; i < 4; ++i) run.history.add_chunk(i, 1);
  run.ran(0, 0, 0, 1);
  run.done(1);
  CHECK(events(traced(run.history), "B").empty());
}

TEST_CASE("a call with quotes and escape sequences is valid JSON") {
  test::TracedRun run;
  history::EndedAttempt ended;
  ended.attempt.started = 0;
  ended.attempt.worker = 0;
  const std::string call = "say \"a\\b\" \u00fc \xff\n";
  run.history.add(ended, [&] { return call; });
  const auto tasks = events(traced(run.history), "X", "task");
  REQUIRE(tasks.size() == 1);
  CHECK(tasks[0]["name"] == "say \"a\\b\" \u00fc \ufffd\n");
}

TEST_CASE("attempts that are in the temporary file are in the trace") {
  constexpr std::uint64_t count = 300'000;
  test::TracedRun run(1);
  for (std::uint64_t i = 0; i < count; ++i)
    run.ran(i, 0, static_cast<std::int64_t>(i), static_cast<std::int64_t>(i) + 1);
  run.done(count);
  test::KeptBytes kept;
  JsonTrace sink(kept);
  write_trace(run.history, sink);
  std::uint64_t lines = 0;
  for (std::size_t at = kept.bytes.find("\"X\""); at != std::string::npos; at = kept.bytes.find("\"X\"", at + 1))
    ++lines;
  CHECK(lines == count);
}

TEST_CASE("a chunk whose rest another worker took over ends before it") {
  test::TracedRun run;
  run.history.add_chunk(0, 6);
  run.history.add_chunk(4, 2);
  for (std::uint64_t i = 0; i < 4; ++i)
    run.ran(i, 0, 10 * static_cast<std::int64_t>(i), 10 * static_cast<std::int64_t>(i) + 9);
  run.ran(4, 1, 12, 20);
  run.ran(5, 1, 21, 30);
  run.done(40);
  const auto chunks = events(traced(run.history), "B", "chunk");
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0]["name"] == "chunk of 4");
  CHECK(chunks[1]["name"] == "chunk of 2");
  CHECK(chunks[1]["args"]["first_task"] == 4);
  CHECK(chunks[1]["tid"] == 2);
}
