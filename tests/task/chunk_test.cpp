#include "task/chunk.hpp"

#include <doctest/doctest.h>

#include <cstdint>

using prun::default_chunksize;

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
