// What an engine does with tasks while nothing dies. Deaths are in lost_process_test.cpp.
#include "pool/engine_support.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <map>
#include <stdexcept>

using namespace prun::test;
using prun::pool::Engine;

namespace {

void twice(std::int64_t n, std::string& result) { result = std::to_string(2 * n); }
void own_pid(std::int64_t, std::string& result) { result = std::to_string(::getpid()); }
void odd_throws(std::int64_t n, std::string& result) {
  if (n % 2 != 0) throw std::out_of_range("odd: " + std::to_string(n));
  twice(n, result);
}
void ten_kilobytes(std::int64_t n, std::string& result) { result.assign(10'000, static_cast<char>('a' + n % 26)); }
void hundred_megabytes(std::int64_t n, std::string& result) {
  result.assign(std::size_t{100} << 20, static_cast<char>('a' + n));
}

void payload_size(prun::detail::CallFrame& frame) {
  if (!frame.begin(0)) return;
  const std::string size = std::to_string(frame.payload.size()) + frame.payload.back();
  frame.value(size.data(), size.size());
}

/// One call whose payload is large.
class LargeArgument final : public prun::detail::Job {
 public:
  bool next_chunk(prun::detail::ChunkSpec& chunk) override {
    if (handed_out) return false;
    handed_out = true;
    chunk.entry = &payload_size;
    chunk.count = 1;
    chunk.payload.assign(std::size_t{100} << 20, 'x');
    chunk.payload.back() = '!';
    return true;
  }
  void on_value(std::uint64_t, std::string_view value, const prun::detail::AttemptInfo&) override { result = value; }
  void on_failure(std::uint64_t, prun::Failure&& failure, const prun::detail::AttemptInfo&) override {
    result = failure.message;
  }
  bool handed_out = false;
  std::string result;
};

}  // namespace

TEST_CASE("every call gets its own result with any chunk size") {
  Engine engine(workers(2));
  for (const std::uint32_t chunksize : {1U, 7U, 2000U}) {
    const auto job = calls<twice>(2000, chunksize);
    run(engine, job);
    CHECK(job->each_once());
    CHECK(job->failures.empty());
    for (std::uint64_t i = 0; i < 2000; ++i) REQUIRE(job->outcomes[i].value == std::to_string(2 * i));
  }
}

TEST_CASE("a master that waits for batches misses no result") {
  Engine engine(workers(2));
  const auto job = calls<ten_kilobytes>(3000, 3);
  engine.dispatcher().enqueue(job);
  run_until(
      engine, [&] { return job->done(); }, prun::ring::Bell::event_batch);
  CHECK(job->each_once());
  for (std::uint64_t i = 0; i < 3000; ++i)
    REQUIRE(job->outcomes[i].value == std::string(10'000, static_cast<char>('a' + i % 26)));
}

TEST_CASE("an exception is the failure of its call, with type and message, and the chunk continues") {
  Engine engine(workers(2));
  const auto job = calls<odd_throws>(100, 10);
  run(engine, job);
  CHECK(job->each_once());
  CHECK(job->failures.size() == 50);
  const prun::Failure& failure = job->outcomes[7].failure;
  CHECK(failure.kind == prun::FailureKind::exception);
  CHECK(failure.type == "std::out_of_range");
  CHECK(failure.message == "odd: 7");
  CHECK(failure.pid == job->outcomes[7].worker);
}

TEST_CASE("results of a hundred megabytes") {
  Engine engine(workers(2));
  const auto job = calls<hundred_megabytes>(2);
  run(engine, job);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::string& value = job->outcomes[i].value;
    REQUIRE(value.size() == std::size_t{100} << 20);
    CHECK(value.find_first_not_of(static_cast<char>('a' + i)) == std::string::npos);
  }
}

TEST_CASE("arguments of a hundred megabytes") {
  Engine engine(workers(1));
  const auto job = std::make_shared<LargeArgument>();
  engine.dispatcher().enqueue(job);
  run_until(engine, [&] { return !job->result.empty(); });
  CHECK(job->result == "104857600!");
}

TEST_CASE("a child runs as many tasks as it may, then another takes its place") {
  auto options = workers(2);
  options.max_tasks_per_child = 3;
  Engine engine(options);
  const auto job = calls<own_pid>(30);
  run(engine, job);
  CHECK(job->each_once());
  CHECK(job->failures.empty());
  std::map<std::string, int> tasks_of;
  for (const auto& outcome : job->outcomes) ++tasks_of[outcome.value];
  CHECK(tasks_of.size() >= 10);
  for (const auto& [pid, tasks] : tasks_of) CHECK(tasks <= 3);
}

TEST_CASE("on demand: no more workers than there are calls to run, and an idle one is used again") {
  auto options = workers(4);
  options.on_demand = true;
  Engine engine(options);
  CHECK(engine.workers_left() == 0);
  for (int i = 0; i < 20; ++i) {
    run(engine, calls<own_pid>(1));
    CHECK(engine.workers_left() == 1);
  }
  const auto three = calls<own_pid>(3);
  engine.dispatcher().enqueue(three);
  engine.feed();
  CHECK(engine.workers_left() == 3);
  run(engine, three);
  run(engine, calls<own_pid>(100));
  CHECK(engine.workers_left() == 4);
}

TEST_CASE("idle workers are stopped where the system has no room, one remains, and others start when there is room") {
  Engine engine(workers(4));
  const auto one_left = [&engine] {
    engine.stop_idle_workers();
    return engine.workers_left() == 1;
  };
  run_until(engine, one_left, prun::ring::Bell::event_batch);
  run(engine, calls<own_pid>(10));
  CHECK(engine.workers_left() == 1);
  engine.allow_workers(3);
  CHECK(engine.workers_left() == 3);
  const auto job = calls<twice>(100);
  run(engine, job);
  CHECK(job->failures.empty());
}

TEST_CASE("stop lets the workers exit after the remaining chunks") {
  Engine engine(workers(3));
  const auto job = calls<twice>(500);
  engine.dispatcher().enqueue(job);
  engine.feed();
  run_until(engine, [&] { return job->done(); });
  engine.stop();
  run_until(engine, [&] { return engine.workers_left() == 0; });
  CHECK(job->failures.empty());
}

TEST_CASE("an engine that ends fails each call without an outcome once") {
  const auto job = calls<ten_kilobytes>(5000);
  {
    Engine engine(workers(2));
    engine.dispatcher().enqueue(job);
    run_until(engine, [&] { return job->told >= 100; });
  }
  CHECK(job->each_once());
  REQUIRE_FALSE(job->failures.empty());
  CHECK(job->outcomes[job->failures.back()].failure.kind == prun::FailureKind::cancelled);
}
