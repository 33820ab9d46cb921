// The engine over threads. Kept apart from the tests that fork, so that the thread sanitizer can follow it.
#include "pool/engine_support.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

using namespace prun::test;
using prun::pool::Engine;

namespace {

std::atomic<int> calls_made{0};

void twice(std::int64_t n, std::string& result) { result = std::to_string(2 * n); }
void count_call(std::int64_t, std::string& result) {
  ++calls_made;
  result.assign(5'000, 'r');
}
void odd_throws(std::int64_t n, std::string&) {
  if (n % 2 != 0) throw std::runtime_error("odd");
}

prun::pool::EngineOptions threads(std::uint32_t count) {
  auto options = workers(count);
  options.threads = true;
  return options;
}

}  // namespace

TEST_CASE("threads run the same jobs") {
  Engine engine(threads(3));
  const auto job = calls<twice>(5000, 3);
  run(engine, job);
  CHECK(job->each_once());
  for (std::uint64_t i = 0; i < 5000; ++i) REQUIRE(job->outcomes[i].value == std::to_string(2 * i));
}

TEST_CASE("an exception in a thread is its call's failure") {
  Engine engine(threads(2));
  const auto job = calls<odd_throws>(100, 10);
  run(engine, job);
  CHECK(job->failures.size() == 50);
  CHECK(job->outcomes[1].failure.message == "odd");
}

TEST_CASE("an initializer that throws in a thread breaks the pool") {
  auto options = threads(2);
  options.setup.initializer = [] { throw std::runtime_error("no licence"); };
  Engine engine(options);
  const auto job = calls<twice>(10);
  engine.dispatcher().enqueue(job);
  run_until(engine, [&] { return engine.broken().has_value(); });
  CHECK(engine.broken()->message == "no licence");
}

TEST_CASE("ending does not wait forever for a thread that waits for room for its results") {
  calls_made = 0;
  const auto job = calls<count_call>(300, 150);  // each chunk's results are ten times what a ring holds
  {
    Engine engine(threads(2));
    engine.dispatcher().enqueue(job);
    engine.feed();
    while (calls_made.load() < 10) std::this_thread::yield();
  }
  CHECK(job->each_once());
}
