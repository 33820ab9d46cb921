// Runs in virtual time: against sums done by hand, and against a slow simulation that cannot be wrong.
#include "replay/replay.hpp"

#include "replay/what_if.hpp"
#include "task/chunk.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace prun;
using namespace prun::replay;

namespace {

using Durations = std::vector<std::int64_t>;

Plan chunks_of(std::uint64_t size, std::uint32_t workers) { return {Plan::Chunks::fixed, size, workers}; }
Plan automatic(std::uint32_t workers) { return {Plan::Chunks::automatic, 0, workers}; }
Plan longest_first(std::uint32_t workers) { return {Plan::Chunks::longest_first, 0, workers}; }

std::int64_t time_of(const Durations& durations, const Plan& plan, const Costs& costs = {}) {
  const Workload workload(durations);
  return Replay(workload, costs, plan.workers).time_of(plan);
}

/// Second by second: each worker that is free takes the next chunk.
std::int64_t simulated(const Durations& durations, std::size_t size, std::size_t workers) {
  std::vector<std::int64_t> left(workers, 0);
  std::size_t next = 0;
  for (std::int64_t now = 0;; ++now) {
    bool busy = false;
    for (std::int64_t& rest : left) {
      for (; rest == 0 && next < durations.size(); next += size) {
        for (std::size_t i = next; i < std::min(next + size, durations.size()); ++i) rest += durations[i];
      }
      busy = busy || rest > 0;
    }
    if (!busy) return now;
    for (std::int64_t& rest : left) rest -= rest > 0 ? 1 : 0;
  }
}

Durations fib_durations(int from, int to) {
  Durations all;
  for (int n = from; n != to + (from < to ? 1 : -1); n += from < to ? 1 : -1) {
    std::int64_t time = 1;
    for (int i = 0; i < n; ++i) time = static_cast<std::int64_t>(static_cast<double>(time) * 1.618) + 1;
    all.push_back(time);
  }
  return all;
}

history::History history_of(const Durations& durations, history::RunFacts facts, std::int64_t wall) {
  history::History history(std::move(facts));
  std::uint64_t index = 0;
  for (const std::int64_t duration : durations) {
    history::EndedAttempt ended;
    ended.attempt.index = index++;
    ended.attempt.started = 0;  // all at once: no time between tasks is measured
    ended.attempt.duration = duration;
    ended.attempt.worker = static_cast<std::uint32_t>(index);
    history.add(ended, [] { return std::string("call"); });
  }
  history.end({}, wall, "done");
  return history;
}

}  // namespace

TEST_CASE("a worker that is free takes the next chunk") {
  CHECK(time_of({5, 1, 1, 1, 1, 1}, chunks_of(1, 2)) == 5);
  CHECK(time_of({5, 1, 1, 1, 1, 1}, chunks_of(3, 2)) == 7);
  CHECK(time_of({1, 1, 1, 1, 1, 5}, chunks_of(1, 2)) == 7);
  CHECK(time_of({1, 1, 1, 1, 1, 5}, longest_first(2)) == 5);
  CHECK(time_of({3, 3, 3}, chunks_of(1, 1)) == 9);
  CHECK(time_of({3, 3, 3}, chunks_of(100, 8)) == 9);
  CHECK(time_of({}, chunks_of(1, 2)) == 0);
}

TEST_CASE("a replay takes as long as a simulation second by second") {
  std::mt19937 random(7);
  std::uniform_int_distribution<std::int64_t> some(1, 60);
  for (const std::size_t count : {1UL, 2UL, 17UL, 100UL}) {
    Durations durations(count);
    for (std::int64_t& duration : durations) duration = some(random);
    for (const std::size_t size : {1UL, 2UL, 3UL, 8UL, 64UL}) {
      for (const std::uint32_t workers : {1U, 2U, 3U, 7U, 16U, 200U}) {
        CAPTURE(count);
        CAPTURE(size);
        CAPTURE(workers);
        CHECK(time_of(durations, chunks_of(size, workers)) == simulated(durations, size, workers));
      }
    }
  }
}

TEST_CASE("no plan takes less than the lower bound, and longest first is close to it") {
  std::mt19937 random(11);
  std::lognormal_distribution<double> some(8, 1.5);
  Durations durations(3000);
  for (std::int64_t& duration : durations) duration = static_cast<std::int64_t>(some(random)) + 1;
  const Workload workload(durations);
  for (const std::uint32_t workers : {1U, 2U, 5U, 64U}) {
    const Replay replay(workload, {}, workers);
    const std::int64_t bound = replay.lower_bound(workers);
    for (const Plan& plan : {chunks_of(1, workers), chunks_of(10, workers), automatic(workers), longest_first(workers)})
      CHECK(replay.time_of(plan) >= bound);
    // Graham 1969: at most 4/3 of the least.
    CHECK(replay.time_of(longest_first(workers)) <= bound * 4 / 3 + 1);
  }
}

TEST_CASE("each chunk costs, and each task in it") {
  const Durations durations(12, 10);
  CHECK(time_of(durations, chunks_of(1, 2), {3, 100}) == 6 * (100 + 3 + 10));
  CHECK(time_of(durations, chunks_of(6, 2), {3, 100}) == 100 + 6 * (3 + 10));
  const Workload workload(durations);
  // Twice the workers wait twice as long for the one process that hands out chunks.
  CHECK(Replay(workload, {0, 100}, 2).time_of(chunks_of(1, 4)) == 3 * (200 + 10));
}

TEST_CASE("auto takes one task at a time until it knows how long they take, then as many as its rule says") {
  // Of 4096 chunks that are cut before anything is measured each has one task.
  const Durations long_tasks(100, 10'000'000);
  CHECK(time_of(long_tasks, automatic(4)) == 25 * 10'000'000);
  const Durations short_tasks(20'000, 1'000);
  const std::int64_t with_auto = time_of(short_tasks, automatic(2), {0, 10'000});
  CHECK(with_auto < time_of(short_tasks, chunks_of(1, 2), {0, 10'000}) / 2);
  CHECK(with_auto >= time_of(short_tasks, chunks_of(1'000, 2), {0, 10'000}));
}

TEST_CASE("more tasks than are replayed one by one are replayed in bundles") {
  history::History history(history::RunFacts{});
  for (std::uint64_t i = 0; i < 1000; ++i) {
    history::EndedAttempt ended;
    ended.attempt.index = i;
    ended.attempt.started = static_cast<std::int64_t>(i);
    ended.attempt.duration = 10;
    history.add(ended, [] { return std::string(); });
  }
  const Workload workload(history, 100);
  CHECK(workload.bundle() == 10);
  CHECK(workload.items() == 100);
  CHECK(workload.tasks() == 1000);
  CHECK(workload.total() == 10'000);
  CHECK(workload.longest() == 10);
  CHECK(Replay(workload, {1, 5}, 2).time_of(chunks_of(1, 2)) == 500 * (5 + 1 + 10));
  CHECK(Replay(workload, {1, 5}, 2).time_of(chunks_of(100, 2)) == 5 * 5 + 500 * (1 + 10));
}

TEST_CASE("attempts of a task count together, and unmeasured ones do not count") {
  history::History history(history::RunFacts{});
  const auto add = [&](std::uint64_t index, std::optional<std::int64_t> started, std::int64_t duration,
                       std::uint32_t number) {
    history::EndedAttempt ended;
    ended.attempt.index = index;
    ended.attempt.started = started;
    ended.attempt.duration = duration;
    ended.attempt.attempt = number;
    history.add(ended, [] { return std::string(); });
  };
  add(5, 0, 10, 1);
  add(7, std::nullopt, 0, 1);
  add(5, 10, 20, 2);
  add(9, 0, 3, 1);
  const Workload workload(history);
  CHECK(workload.tasks() == 2);
  CHECK(workload.items() == 2);
  CHECK(workload.total() == 33);
}

TEST_CASE("of fib 39..1 in chunks of 3 one worker has the longest three") {
  const Durations durations = fib_durations(39, 1);
  history::RunFacts facts;
  facts.mode = "map";
  facts.workers = 4;
  const Workload workload(durations);
  const Replay replay(workload, {}, 4);
  const std::int64_t wall = replay.time_of(chunks_of(3, 4));
  const WhatIf table = what_if(history_of(durations, facts, wall));
  CHECK(table.workers == std::array<std::uint32_t, 3>{2, 4, 8});
  CHECK(table.wall == wall);
  const auto standard = std::find_if(table.rows.begin(), table.rows.end(),
                                     [](const auto& row) { return row.kind == WhatIf::Row::Kind::standard; });
  REQUIRE(standard != table.rows.end());
  CHECK(standard->chunksize == default_chunksize(39, 4));
  REQUIRE(table.best);
  CHECK(option_of(*table.best) == "--chunksize 1");
  CHECK(table.best_wall < wall * 7 / 10);
  CHECK(table.lower_bounds[1] == workload.longest());
}

TEST_CASE("the predicted times include delays that the replay cannot simulate") {
  const Durations durations(8, 1'000'000);
  history::RunFacts facts;
  facts.mode = "imap";
  facts.workers = 2;
  facts.chunksize = 8;
  const WhatIf table = what_if(history_of(durations, facts, 8'000'000 + 500));
  CHECK(table.replayed >= 8'000'000);
  CHECK(table.replayed < 8'010'000);
  CHECK(table.best_wall >= 4'000'000);
  CHECK(table.best_wall < 4'010'000);
}

TEST_CASE("costs are the means of what was lost between tasks, but not of what held the run back") {
  history::RunFacts facts;
  history::History history(facts);
  for (std::uint64_t i = 0; i < 40; i += 4) history.add_chunk(i, 4);
  std::int64_t now = 0;
  for (std::uint64_t i = 0; i < 40; ++i) {
    if (i == 20) {
      history.add_hold_up({now + 10, HeldBack::Reason::input, UINT64_MAX});
      now += 900'000;
      history.add_hold_up({now - 10, HeldBack::Reason::nothing, UINT64_MAX});
    } else {
      now += i % 4 == 0 ? 8'000 : 100;
    }
    history::EndedAttempt ended;
    ended.attempt.index = i;
    ended.attempt.started = now;
    ended.attempt.duration = 1'000;
    ended.attempt.worker = 0;
    history.add(ended, [] { return std::string(); });
    now += 1'000;
  }
  const Costs costs = measure_costs(history);
  CHECK(costs.per_task == doctest::Approx(100).epsilon(0.13));
  CHECK(costs.per_chunk == doctest::Approx(8'000).epsilon(0.13));
}
