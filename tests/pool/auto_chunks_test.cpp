// prun::auto_chunks, with processes and with threads: the same results, and nothing waits behind a long call.
#include "pool/pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <vector>

using namespace prun::test;

namespace {

long twice(long n) { return 2 * n; }

std::string text_of(const std::string& text) { return text + "!"; }

template <class Pool>
void check_results() {
  Pool pool{3};
  const long count = 30'000;
  std::vector<long> expected(static_cast<std::size_t>(count));
  for (long i = 0; i < count; ++i) expected[static_cast<std::size_t>(i)] = 2 * i;
  std::vector<long> numbers(expected.size());
  std::iota(numbers.begin(), numbers.end(), 0L);
  CHECK(pool.map(twice, std::views::iota(0L, count), {.chunksize = prun::auto_chunks}) == expected);
  CHECK(pool.map(twice, numbers, {.chunksize = prun::auto_chunks}) == expected);
  std::vector<long> streamed;
  for (const long n : pool.imap(twice, numbers, {.chunksize = prun::auto_chunks})) streamed.push_back(n);
  CHECK(streamed == expected);
  streamed.clear();
  for (const long n : pool.imap_unordered(twice, std::views::iota(0L, count), {.chunksize = prun::auto_chunks}))
    streamed.push_back(n);
  std::sort(streamed.begin(), streamed.end());
  CHECK(streamed == expected);
  const std::vector<std::string> texts(5000, std::string(50, 'x'));
  CHECK(pool.map_async(text_of, texts, {.chunksize = prun::auto_chunks}).get() ==
        std::vector<std::string>(5000, std::string(50, 'x') + "!"));
}

/// One call in the middle returns only when all others have: those behind it in its chunk must go to the other worker.
template <class Pool>
void check_long_call() {
  constexpr int count = 20'000;
  const Semaphore ended;
  const auto handle = ended.handle();
  Pool pool{2};
  const auto call = [handle](int n) {
    if (n == count / 2) return handle.wait(count - 1);
    handle.post();
    return true;
  };
  const std::vector<bool> results = pool.map(call, std::views::iota(0, count), {.chunksize = prun::auto_chunks});
  CHECK(std::count(results.begin(), results.end(), true) == count);
}

}  // namespace

TEST_CASE("auto_chunks gives the results of any chunk size, in processes") { check_results<prun::Pool>(); }

TEST_CASE("auto_chunks gives the results of any chunk size, in threads") { check_results<prun::ThreadPool>(); }

TEST_CASE("auto_chunks: no call waits behind a long one while a process is idle") { check_long_call<prun::Pool>(); }

TEST_CASE("auto_chunks: no call waits behind a long one while a thread is idle") {
  check_long_call<prun::ThreadPool>();
}

TEST_CASE("auto_chunks: each argument in a thread is used and freed once, even if a chunk is divided") {
  const auto counted = std::make_shared<int>(0);
  {
    prun::ThreadPool pool{4};
    const std::vector<std::shared_ptr<int>> items(20'000, counted);
    const auto uses = pool.map([](const std::shared_ptr<int>& item) { return item.use_count() > 1; }, items,
                               {.chunksize = prun::auto_chunks});
    CHECK(std::count(uses.begin(), uses.end(), true) == 20'000);
    std::size_t taken = 0;
    for (const long count : pool.imap([](std::shared_ptr<int> item) { return item.use_count(); }, items,
                                      {.chunksize = prun::auto_chunks})) {
      CHECK(count > 1);
      if (++taken == 10'000) break;  // the rest is cancelled
    }
    pool.terminate();
  }
  CHECK(counted.use_count() == 1);
}

TEST_CASE("auto_chunks: an executor's map takes it too, and starts all its workers for one chunk") {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  long sum = 0;
  for (const long n : executor.map(twice, std::views::iota(0L, 10'000L), {.chunksize = prun::auto_chunks})) sum += n;
  CHECK(sum == 10'000L * 9'999L);
}

TEST_CASE("a chunk size is a number, an optional number, or auto_chunks, and a number below 1 is refused") {
  prun::Pool pool{1};
  const std::vector<long> numbers{1, 2, 3};
  const std::vector<long> expected{2, 4, 6};
  CHECK(pool.map(twice, numbers, {.chunksize = std::optional<std::int64_t>(2)}) == expected);
  CHECK(pool.map(twice, numbers, {.chunksize = std::nullopt}) == expected);
  CHECK_THROWS_AS(static_cast<void>(pool.map(twice, numbers, {.chunksize = 0})), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(pool.imap(twice, numbers, {.chunksize = -1})), std::invalid_argument);
}
