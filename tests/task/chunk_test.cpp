#include "task/chunk.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using prun::default_chunksize;
using prun::GuidedChunks;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_CASE("the default chunk size is CPython's") {
  // What multiprocessing.pool.Pool._map_async computes: divmod(length, workers * 4), plus 1 where there is a rest.
  struct Row {
    std::uint64_t length, workers, chunksize;
  };
  for (const Row& row :
       {Row{39, 4, 3}, Row{1, 4, 1}, Row{16, 4, 1}, Row{17, 4, 2}, Row{32, 4, 2}, Row{33, 4, 3}, Row{100, 2, 13},
        Row{1000, 8, 32}, Row{1000, 7, 36}, Row{10'000'000, 2, 1'250'000}, Row{8, 1, 2}}) {
    CAPTURE(row.length);
    CAPTURE(row.workers);
    CHECK(default_chunksize(row.length, row.workers) == row.chunksize);
  }
}

TEST_CASE("a chunk is at least one task, and no more than can be numbered") {
  CHECK(default_chunksize(0, 4) == 1);
  CHECK(default_chunksize(UINT64_MAX, 1) == prun::largest_chunk);
}

TEST_CASE("guided chunks begin with one task, before anything is measured") {
  CHECK(GuidedChunks(2).next(1'000'000) == 1);
}

TEST_CASE("guided chunks are small for long tasks and large for short ones") {
  GuidedChunks longer(2);
  longer.measured(milliseconds(10));
  CHECK(longer.next(1'000'000) == 1);
  GuidedChunks shorter(2);
  shorter.measured(microseconds(5));
  CHECK(shorter.next(1'000'000) == 100);
  GuidedChunks none(2);
  none.measured(microseconds(0));
  CHECK(none.next(UINT64_MAX) == GuidedChunks::largest);
}

TEST_CASE("guided chunks shrink towards the end, so that no worker is left alone with a large one") {
  GuidedChunks guided(2);
  guided.measured(microseconds(1));
  CHECK(guided.next(400) == 100);
  CHECK(guided.next(8) == 2);
  CHECK(guided.next(3) == 1);
  CHECK(guided.next(0) == 1);
}

TEST_CASE("guided chunks follow the tasks of late") {
  GuidedChunks guided(1);
  for (int i = 0; i < 100; ++i) guided.measured(microseconds(1));
  const auto before = guided.next(UINT64_MAX);
  for (int i = 0; i < 100; ++i) guided.measured(milliseconds(1));
  CHECK(before == 500);
  CHECK(guided.next(UINT64_MAX) == 1);
}
