// One worker in this process, its master played by the test: what it sends, when it rings, when it leaves.
#include "worker/worker_loop.hpp"

#include "ring/ring_support.hpp"
#include "wire/failure.hpp"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace prun::ring;
using prun::test::small_region;

namespace {

void echo(prun::detail::CallFrame& frame) {
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (!frame.begin(i)) continue;
    const prun::TaskContext* task = prun::current_task();
    const std::string result = std::string(frame.payload) + " " + std::to_string(task->index) +
                               (frame.is_range ? ":" + std::to_string(frame.range_item(i)) : "");
    frame.value(result.data(), result.size());
  }
}
void throws(prun::detail::CallFrame& frame) {
  if (!frame.begin(0)) return;
  frame.failed(std::make_exception_ptr(std::runtime_error("no")));
}
void large(prun::detail::CallFrame& frame) {
  if (!frame.begin(0)) return;
  const std::string result(20'000, 'L');
  frame.value(result.data(), result.size());
}

Chunk chunk_of(prun::detail::Entry entry, std::uint32_t count, PayloadKind kind = PayloadKind::inline_items) {
  Chunk chunk;
  chunk.id = 3;
  chunk.count = count;
  chunk.entry = reinterpret_cast<std::uint64_t>(entry);
  chunk.first_index = 100;
  chunk.kind = kind;
  return chunk;
}

struct Sent {
  std::string payload;
  RecordHeader header;
  Stamps stamps;
};

/// Publishes the chunks, tells the worker to leave, and reads what it sends meanwhile.
std::vector<Sent> records_of(const Region& region, const std::vector<Chunk>& chunks) {
  TaskRing tasks(region);
  for (const Chunk& chunk : chunks) REQUIRE(tasks.publish(chunk));
  tasks.announce();
  region.header().stopping.store(1);
  std::thread worker([&region] { prun::worker::WorkerLoop(region, 0).run(); });
  ResultConsumer consumer(region, 0);
  std::vector<Sent> sent;
  const auto read = [&] {
    Record record{};
    while (consumer.next(record)) sent.push_back({std::string(record.payload), record.header, record.stamps});
    if (!consumer.release()) return;
    region.worker(0).credit_wanted.store(0);
    prun::sys::futex_wake(region.worker(0).credit_wanted);
  };
  while (region.worker(0).stage.load() != WorkerStage::retired) read();
  worker.join();
  read();
  return sent;
}

}  // namespace

TEST_CASE("each item has a record with its chunk, its number and its context") {
  Chunk chunk = chunk_of(&echo, 2);
  std::memcpy(chunk.data, "hi", chunk.size = 2);
  const Region region = small_region(1);
  const auto sent = records_of(region, {chunk});
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].payload == "hi 100");
  CHECK(sent[1].payload == "hi 101");
  CHECK(sent[1].header.chunk == 3);
  CHECK(sent[1].header.item == 1);
  CHECK(region.worker(0).held.load() == 0);
}

TEST_CASE("items that have their outcome already are passed over") {
  const Region region = small_region(1);
  Chunk chunk = chunk_of(&echo, 4, PayloadKind::arena_items);
  std::memcpy(region.arena().data() + 128, "far", chunk.size = 3);
  chunk.place = {128, 3};
  const auto sent = records_of(region, {chunk});
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].payload == "far 103");
  CHECK(sent[0].header.item == 3);
}

TEST_CASE("a range is counted, not listed, wherever its callable lies") {
  const Region region = small_region(1);
  Chunk near = chunk_of(&echo, 2, PayloadKind::inline_range);
  near.range = {10, -4, 0};
  std::memcpy(&near.range.callable, "c", near.size = 1);
  Chunk far = chunk_of(&echo, 1, PayloadKind::arena_range);
  std::memcpy(region.arena().data() + 64, "callable", far.size = 8);
  far.range = {7, 1, 64};
  const auto sent = records_of(region, {near, far});
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].payload == "c 100:10");
  CHECK(sent[1].payload == "c 101:6");
  CHECK(sent[2].payload == "callable 100:7");
}

TEST_CASE("an exception is a record of its own kind") {
  const Region region = small_region(1);
  const auto sent = records_of(region, {chunk_of(&throws, 1)});
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].header.kind == RecordKind::failure);
  CHECK(prun::wire::decode_failure(sent[0].payload).message == "no");
}

TEST_CASE(
    "a value larger than the ring comes in pieces, all but the last marked, the first with the size of the whole") {
  const Region region = small_region(1);
  const auto sent = records_of(region, {chunk_of(&large, 1)});
  std::string whole;
  for (const Sent& piece : sent) {
    CHECK(piece.header.more == (&piece == &sent.back() ? 0 : 1));
    CHECK(piece.header.first == (&piece == &sent.front() ? 1 : 0));
    whole += piece.payload;
  }
  CHECK(sent.size() == 20);
  std::uint64_t size = 0;
  REQUIRE(whole.size() == sizeof size + 20'000);
  std::memcpy(&size, whole.data(), sizeof size);
  CHECK(size == 20'000);
  CHECK(whole.substr(sizeof size) == std::string(20'000, 'L'));
}

TEST_CASE("calls are timed on request, one after another") {
  const Region region = small_region(1);
  Chunk chunk = chunk_of(&echo, 3);
  chunk.size = 0;
  chunk.flags = flag_timed;
  const auto sent = records_of(region, {chunk});
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].stamps.started > 0);
  CHECK(sent[1].stamps.started == sent[0].stamps.started + sent[0].stamps.duration);
}

TEST_CASE("a worker exits after its maximum number of tasks, at the end of a chunk") {
  const Region region = small_region(1);
  region.header().max_tasks_per_child = 3;
  const auto sent = records_of(region, {chunk_of(&echo, 2), chunk_of(&echo, 2), chunk_of(&echo, 2)});
  CHECK(sent.size() == 4);
  CHECK(TaskRing(region).backlog() == 1);
}

TEST_CASE("if calls are sampled, the first calls of a worker are always measured") {
  const Region region = small_region(1);
  region.header().sampled = true;
  Chunk chunk = chunk_of(&echo, 2);
  std::memcpy(chunk.data, "hi", chunk.size = 2);
  const auto sent = records_of(region, {chunk});
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].header.timed == Timed::times);
  CHECK(sent[1].stamps.started >= sent[0].stamps.started + sent[0].stamps.duration);
  CHECK(region.worker(0).begun_at.load() == 0);
}
