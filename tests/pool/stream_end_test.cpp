// Streams of results whose pool has ended: every result is there, and no read waits for workers that are gone.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <future>
#include <list>
#include <ranges>
#include <stdexcept>
#include <vector>

using namespace prun::test;
using namespace std::chrono_literals;

namespace {

constexpr long many = 20'000;  // several times what a stream reads ahead

std::vector<long> numbers() {
  std::vector<long> all;
  for (long i = 0; i < many; ++i) all.push_back(i);
  return all;
}

template <class Stream>
long sum_of(Stream&& stream) {
  long sum = 0;
  for (const long x : stream) sum += x;
  return sum;
}

long same(long x) { return x; }
constexpr long whole = many * (many - 1) / 2;

}  // namespace

TEST_CASE_TEMPLATE("after shutdown a stream still yields every result", Executor, prun::ProcessPoolExecutor,
                   prun::ThreadPoolExecutor) {
  Executor executor{{.max_workers = 2}};
  const auto inputs = numbers();
  auto of_vector = executor.map(same, inputs);
  auto of_chunks = executor.map(same, std::list<long>(inputs.begin(), inputs.end()), {.chunksize = 7});
  auto of_range = executor.map(same, std::views::iota(0L, many));
  executor.shutdown();
  CHECK(sum_of(of_vector) == whole);
  CHECK(sum_of(of_chunks) == whole);
  CHECK(sum_of(of_range) == whole);
  CHECK_FALSE(of_range.next());
}

TEST_CASE_TEMPLATE("after close and join a stream still yields every result", AnyPool, prun::Pool, prun::ThreadPool) {
  AnyPool pool{2};
  const auto inputs = numbers();
  auto ordered = pool.imap(same, inputs);
  auto unordered = pool.imap_unordered(same, inputs, {.chunksize = 10});
  REQUIRE(ordered.next() == 0);
  pool.close();
  pool.join();
  CHECK(sum_of(ordered) == whole);
  CHECK(sum_of(unordered) == whole);
}

TEST_CASE("the end of the executor's scope runs the streams that outlive it") {
  const auto inputs = numbers();
  const auto stream = [&] {
    prun::ProcessPoolExecutor executor{{.max_workers = 2}};
    return executor.map(same, inputs);
  };
  CHECK(sum_of(stream()) == whole);
}

TEST_CASE("a pool waits in one thread for its end while another reads its stream") {
  prun::Pool pool{2};
  const auto inputs = numbers();
  auto results = pool.imap(same, inputs);
  auto reading = std::async(std::launch::async, [&] { return sum_of(results); });
  pool.close();
  pool.join();
  CHECK(reading.get() == whole);
}

TEST_CASE("an input that throws while the pool ends is thrown where its result would be read") {
  prun::Pool pool{1};
  auto results = pool.imap(same, std::views::iota(0L) | std::views::transform([](long x) {
                                   if (x == many) throw std::length_error("input");
                                   return x;
                                 }));
  pool.close();
  pool.join();
  for (long i = 0; i < many; ++i) REQUIRE(results.next() == i);
  CHECK_THROWS_AS(results.next(), std::length_error);
  CHECK_FALSE(results.next());
}

TEST_CASE("with a buffersize no input is read at the end: the read results come, then a MisuseError, then nothing") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  auto endless = executor.map(same, std::views::iota(0L), {.buffersize = 3});
  const std::vector<long> inputs{0, 1, 2, 3, 4, 5};
  auto results = executor.map(same, inputs, {.buffersize = 3});
  executor.shutdown();
  for (long i = 0; i < 3; ++i) CHECK(endless.next() == i);
  CHECK_THROWS_AS(endless.next(), prun::MisuseError);
  CHECK_FALSE(endless.next());
  for (long i = 0; i < 3; ++i) CHECK(results.next() == i);
  CHECK_THROWS_AS(results.next(), prun::MisuseError);
  CHECK_FALSE(results.next());
}

namespace {

/// Reads a stream to its end; every outcome must be a result or an Error. Returns how many of these there were.
template <class Error, class Stream>
int outcomes_of(Stream& stream) {
  int errors = 0;
  for (;;) {
    try {
      if (!stream.next()) return errors;
    } catch (const Error&) {
      ++errors;
    }
  }
}
template <class Stream>
int cancelled_of(Stream& stream) {
  return outcomes_of<prun::CancelledError>(stream);
}

}  // namespace

TEST_CASE_TEMPLATE("a stream of a terminated pool ends, even with endless inputs", AnyPool, prun::Pool,
                   prun::ThreadPool) {
  AnyPool pool{2};
  const auto inputs = numbers();
  auto of_vector = pool.imap(same, inputs);
  auto endless = pool.imap(same, std::views::iota(0L));
  auto of_list = pool.imap_unordered(same, std::list<long>(inputs.begin(), inputs.end()));
  endless.next();
  pool.terminate();
  CHECK(cancelled_of(of_vector) > 0);
  CHECK(cancelled_of(endless) > 0);
  CHECK(cancelled_of(of_list) > 0);
}

TEST_CASE("terminate wakes threads that wait for a stream with unread inputs") {
  const Semaphore go, began;
  prun::Pool pool{1};
  auto results = pool.imap(
      [gate = go.handle(), told = began.handle()](long x) {
        if (x == 0) told.post();
        return gate.wait() ? x : -1;
      },
      std::views::iota(0L));
  auto reading = std::async(std::launch::async, [&] { return cancelled_of(results); });
  REQUIRE(began.handle().wait());
  pool.terminate();
  CHECK(reading.get() > 0);
}

TEST_CASE("cancel_futures, killed workers and a broken pool end the streams") {
  const auto inputs = numbers();
  prun::ProcessPoolExecutor cancelled{{.max_workers = 1}};
  auto first = cancelled.map(same, inputs);
  cancelled.shutdown({.cancel_futures = true});
  CHECK(cancelled_of(first) > 0);

  const Semaphore go, began;
  prun::ProcessPoolExecutor killed{{.max_workers = 1}};
  auto second = killed.map(
      [gate = go.handle(), told = began.handle()](long x) {
        if (x == 0) told.post();
        return gate.wait() ? x : -1;
      },
      inputs);
  REQUIRE(began.handle().wait());
  killed.kill_workers();
  CHECK_THROWS_AS(second.next(), prun::WorkerLostError);
  CHECK(cancelled_of(second) > 0);

  prun::Pool broken{1, {.initializer = [] { throw std::runtime_error("no licence"); }}};
  try {
    auto third = broken.imap(same, inputs);
    // If the pool breaks while the inputs are read, there is one error in place of the rest.
    CHECK(outcomes_of<prun::BrokenPoolError>(third) > 0);
  } catch (const prun::BrokenPoolError&) {  // the pool was broken before imap
  }
}

TEST_CASE("a stream that is dropped while the pool reads its inputs is waited for") {
  const Semaphore reading, go;
  prun::Pool pool{1};
  auto stream = pool.imap(same, std::views::iota(0L, many) | std::views::transform([&](long x) {
                                  if (x == many - 1) {
                                    reading.handle().post();
                                    static_cast<void>(go.handle().wait());
                                  }
                                  return x;
                                }));
  pool.close();
  auto joining = std::async(std::launch::async, [&] { pool.join(); });
  REQUIRE(reading.handle().wait());
  auto dropping =
      std::async(std::launch::async, [stream = std::move(stream)]() mutable { auto dropped = std::move(stream); });
  go.handle().post();
  dropping.get();
  joining.get();
}
