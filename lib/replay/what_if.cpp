// See what_if.hpp.
#include "replay/what_if.hpp"

#include "task/chunk.hpp"

#include <algorithm>

namespace prun::replay {
namespace {

using Row = WhatIf::Row;

// Of choices that take about as long the simplest is proposed.
constexpr double about_as_good = 1.05;

std::uint64_t standard_chunksize(const history::RunFacts& facts, std::uint64_t tasks, std::uint32_t workers) {
  const bool all_at_once = facts.mode == "map" || facts.mode == "starmap";
  return all_at_once && !facts.commands ? default_chunksize(tasks, workers) : 1;
}

Plan plan_of(const Row& row, const history::RunFacts& facts, std::uint64_t tasks, std::uint32_t workers) {
  using Chunks = Plan::Chunks;
  switch (row.kind) {
    case Row::Kind::fixed: return {Chunks::fixed, row.chunksize, workers};
    case Row::Kind::standard: return {Chunks::fixed, standard_chunksize(facts, tasks, workers), workers};
    case Row::Kind::automatic: return {Chunks::automatic, 0, workers};
    case Row::Kind::longest_first: return {Chunks::longest_first, 0, workers};
  }
  return {};
}

/// 1, 2, 4, ... up to one chunk a worker.
std::vector<Row> rows_of(const history::RunFacts& facts, std::uint64_t tasks, std::uint32_t workers) {
  std::vector<Row> rows;
  for (std::uint64_t size = 1; size == 1 || size * workers < 2 * tasks; size *= 2)
    rows.push_back({Row::Kind::fixed, size, {}});
  rows.push_back({Row::Kind::standard, standard_chunksize(facts, tasks, workers), {}});
  rows.push_back({Row::Kind::automatic, 0, {}});
  rows.push_back({Row::Kind::longest_first, 0, {}});
  return rows;
}

Row as_it_was(const history::RunFacts& facts) {
  if (facts.auto_chunks) return {Row::Kind::automatic, 0, {}};
  if (facts.chunksize) return {Row::Kind::fixed, *facts.chunksize, {}};
  return {Row::Kind::standard, 0, {}};
}

/// No option at all is the simplest, then a size of 1, then auto, then the smallest.
const Row* best_of(const std::vector<Row>& rows) {
  constexpr std::size_t same = 1;
  const auto can_be_chosen = [](const Row& row) { return row.kind != Row::Kind::longest_first; };
  std::int64_t least = INT64_MAX;
  for (const Row& row : rows) {
    if (can_be_chosen(row)) least = std::min(least, row.times[same]);
  }
  const auto good = [&](const Row& row) {
    return static_cast<double>(row.times[same]) <= static_cast<double>(least) * about_as_good;
  };
  for (const Row::Kind kind : {Row::Kind::standard, Row::Kind::fixed, Row::Kind::automatic}) {
    for (const Row& row : rows) {
      if (row.kind == kind && good(row) && (kind != Row::Kind::fixed || row.chunksize == 1)) return &row;
    }
  }
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return can_be_chosen(row) && good(row); });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace

WhatIf what_if(const history::History& history) {
  const Workload workload(history);
  const history::RunFacts& facts = history.facts();
  const std::uint32_t workers = std::max(facts.workers, 1U);
  WhatIf result;
  result.workers = {std::max(workers / 2, 1U), workers, workers * 2};
  result.tasks = workload.tasks();
  result.bundle = workload.bundle();
  result.costs = measure_costs(history);
  result.wall = history.recorded();
  if (workload.items() == 0) return result;
  const Replay replay(workload, result.costs, workers);
  result.rows = rows_of(facts, workload.tasks(), workers);
  for (std::size_t column = 0; column < WhatIf::columns; ++column) {
    result.lower_bounds[column] = replay.lower_bound(result.workers[column]);
    for (Row& row : result.rows)
      row.times[column] = replay.time_of(plan_of(row, facts, workload.tasks(), result.workers[column]));
  }
  result.replayed = replay.time_of(plan_of(as_it_was(facts), facts, workload.tasks(), workers));
  if (const Row* best = best_of(result.rows)) {
    result.best = *best;
    result.best_wall = best->times[1] + std::max<std::int64_t>(result.wall - result.replayed, 0);
  }
  return result;
}

std::string option_of(const WhatIf::Row& row) {
  switch (row.kind) {
    case Row::Kind::fixed: return "--chunksize " + std::to_string(row.chunksize);
    case Row::Kind::standard: return "the default chunk size";
    case Row::Kind::automatic: return "--chunksize auto";
    case Row::Kind::longest_first: return "--order longest-first";
  }
  return "";
}

}  // namespace prun::replay
