// Chunks whose items can be taken back: when the rest of one goes to another worker, and what becomes of it.
#include "dispatch/dispatch_support.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

using namespace prun;
using prun::ring::PayloadKind;
using prun::test::Desk;

namespace {

/// A job with adaptive chunks, and both workers.
struct SharedDesk : Desk {
  explicit SharedDesk(std::uint32_t workers = 2) : Desk(workers) {
    calls->adaptive = std::make_unique<detail::AdaptiveChunks>(workers);
  }
  void start() {
    dispatcher.enqueue(calls);
    dispatcher.feed();
  }
  /// The chunk's worker has begun items before `end`, and the rest can be taken.
  void offer(const test::FakeBackend::Published& held, std::uint32_t end) { backend.ends[held.ticket] = end; }

  std::shared_ptr<test::ListedJob> calls = job();
};

}  // namespace

TEST_CASE("the rest of a chunk goes to a worker that has nothing to do, and each item has its outcome") {
  SharedDesk desk;
  desk.calls->items(6, "a payload that is too large for a slot");
  desk.start();
  const auto held = desk.backend.claim();
  CHECK((held.chunk.flags & ring::flag_recallable) != 0);
  desk.offer(held, 4);
  CHECK(desk.dispatcher.feed() == 1);
  const auto rest = desk.backend.claim();
  CHECK(desk.payload(rest.chunk) == desk.payload(held.chunk));
  CHECK(rest.chunk.place.skip == 4);
  CHECK(rest.chunk.count == 6);
  for (const std::uint32_t item : {4U, 5U}) CHECK(desk.send(1, rest.chunk, item, "x"));
  for (const std::uint32_t item : {0U, 1U, 2U}) CHECK(desk.send(0, held.chunk, item, "y"));
  CHECK(desk.dispatcher.in_flight() == 1);
  CHECK(desk.send(0, held.chunk, 3, "y"));
  CHECK(desk.dispatcher.idle());
  for (std::uint64_t i = 0; i < 6; ++i) CHECK(desk.calls->outcome(i) == (i < 4 ? "value y" : "value x"));
  CHECK(desk.arena.used() == 0);
}

TEST_CASE("every kind of payload has the right rest, and so has a rest") {
  for (const bool range : {false, true}) {
    for (const std::string& payload : {std::string("f"), std::string(5000, 'f')}) {
      CAPTURE(range);
      CAPTURE(payload.size());
      SharedDesk desk(3);
      range ? desk.calls->range(8, 100, 10, payload) : desk.calls->items(8, payload);
      desk.start();
      const auto held = desk.backend.claim();
      desk.offer(held, 6);
      REQUIRE(desk.dispatcher.feed() == 1);
      const auto rest = desk.backend.claim();
      desk.backend.ends = {{rest.ticket, rest.chunk.count - 1}};
      REQUIRE(desk.dispatcher.feed() == 1);
      const auto last = desk.backend.claim();
      if (range) {
        CHECK(rest.chunk.range.start == 160);
        CHECK(rest.chunk.first_index == 6);
        CHECK(last.chunk.range.start == 170);
        CHECK(last.chunk.first_index == 7);
        CHECK(last.chunk.count == 1);
      } else {
        CHECK(rest.chunk.place.skip == 6);
        CHECK(last.chunk.place.skip == 7);
        CHECK(desk.payload(last.chunk) == payload);
      }
      CHECK(desk.send(2, last.chunk, range ? 0 : 7, "c"));
      CHECK(desk.send(1, rest.chunk, range ? 0 : 6, "b"));
      for (std::uint32_t item = 0; item < 6; ++item) CHECK(desk.send(0, held.chunk, item, "a"));
      for (std::uint64_t i = 0; i < 8; ++i) CHECK(desk.calls->outcome(i).starts_with("value "));
      CHECK(desk.dispatcher.idle());
      CHECK(desk.arena.used() == 0);
    }
  }
}

TEST_CASE("nothing is taken back while a chunk can be handed out or waits for the idle worker") {
  SharedDesk desk(2);
  desk.calls->items(4).items(4).items(4);
  desk.start();
  CHECK(desk.backend.recalls.empty());
  const auto held = desk.backend.claim();
  CHECK(desk.dispatcher.feed() == 0);
  CHECK(desk.backend.recalls.empty());
  static_cast<void>(held);
}

TEST_CASE("chunks of fixed size stay with their worker") {
  Desk desk(2);
  const auto job = desk.job();
  job->items(4);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  desk.backend.ends[held.ticket] = 2;
  CHECK((held.chunk.flags & ring::flag_recallable) == 0);
  CHECK(desk.dispatcher.feed() == 0);
  CHECK(desk.backend.recalls.empty());
}

TEST_CASE("a job that allows no more chunks is not divided") {
  SharedDesk desk;
  desk.calls->splits = false;
  desk.calls->items(4);
  desk.start();
  const auto held = desk.backend.claim();
  desk.offer(held, 2);
  CHECK(desk.dispatcher.feed() == 0);
}

TEST_CASE("the chunk with the most expected work is divided, or the next chunk if that one has no items left") {
  SharedDesk desk(3);
  desk.calls->items(4).items(8);
  desk.start();
  const auto small = desk.backend.claim();
  const auto large = desk.backend.claim();
  desk.backend.ends = {{small.ticket, 3}, {large.ticket, 6}};
  desk.backend.recalls.clear();
  CHECK(desk.dispatcher.feed() == 1);
  CHECK(desk.backend.recalls == std::vector<std::uint64_t>{large.ticket});
  CHECK(desk.send(2, desk.backend.claim().chunk, 6, "x"));

  SharedDesk other(3);
  other.calls->items(4).items(8);
  other.start();
  const auto first = other.backend.claim();
  const auto second = other.backend.claim();
  other.backend.ends = {{first.ticket, 3}};
  other.backend.recalls.clear();
  CHECK(other.dispatcher.feed() == 1);
  CHECK(other.backend.recalls == std::vector<std::uint64_t>{second.ticket, first.ticket});
}

TEST_CASE("a worker that dies after items were taken back loses only its own") {
  SharedDesk desk;
  desk.calls->items(6, "a payload that is too large for a slot");
  desk.start();
  const auto held = desk.backend.claim();
  desk.offer(held, 4);
  desk.dispatcher.feed();
  const auto rest = desk.backend.claim();
  CHECK(desk.send(0, held.chunk, 0, "x"));
  desk.lose(0, held, 2);
  CHECK(desk.calls->outcome(1) == "failure lost");
  CHECK(desk.dispatcher.feed() == 1);
  const auto again = desk.backend.claim();
  CHECK(again.chunk.place.skip == 2);
  CHECK(again.chunk.count == 4);
  CHECK(desk.send(0, again.chunk, 2, "x"));
  CHECK(desk.send(0, again.chunk, 3, "x"));
  CHECK(desk.send(1, rest.chunk, 4, "x"));
  CHECK(desk.send(1, rest.chunk, 5, "x"));
  CHECK(desk.dispatcher.idle());
  CHECK(desk.arena.used() == 0);
}

TEST_CASE("a chunk ends if all its remaining items were taken back") {
  SharedDesk desk;
  desk.calls->items(3, "a payload that is too large for a slot");
  desk.start();
  const auto held = desk.backend.claim();
  CHECK(desk.send(0, held.chunk, 0, "x"));
  desk.offer(held, 1);
  CHECK(desk.dispatcher.feed() == 1);
  CHECK(desk.dispatcher.in_flight() == 1);
  CHECK_FALSE(desk.send(0, held.chunk, 1, "not its own any more"));
  desk.lose(0, held, 1);
  CHECK(desk.calls->told.size() == 1);
  const auto rest = desk.backend.claim();
  CHECK(desk.send(1, rest.chunk, 1, "x"));
  CHECK(desk.send(1, rest.chunk, 2, "x"));
  CHECK(desk.dispatcher.idle());
  CHECK(desk.arena.used() == 0);
}

TEST_CASE("cancel discards the items that were taken back, and not those of the worker that has the others") {
  SharedDesk desk;
  desk.calls->items(6, "a payload that is too large for a slot");
  desk.start();
  const auto held = desk.backend.claim();
  desk.offer(held, 4);
  desk.dispatcher.feed();
  desk.dispatcher.cancel(*desk.calls, Desk::named("cancelled"));
  CHECK(desk.calls->discarded_items == std::vector<std::pair<std::uint32_t, std::uint32_t>>{{4, 6}});
  CHECK(desk.calls->outcome(4) == "failure cancelled");
  CHECK(desk.calls->outcome(3) == "none");
  for (std::uint32_t item = 0; item < 4; ++item) CHECK(desk.send(0, held.chunk, item, "x"));
  CHECK(desk.arena.used() == 0);
}

TEST_CASE("a job with adaptive chunks receives measured durations and the cost of handing out") {
  SharedDesk desk;
  desk.backend.cost = std::chrono::microseconds(1);
  desk.calls->items(1).items(1);
  desk.start();
  const auto held = desk.backend.claim();
  ring::Record record{{1, ring::RecordKind::value, 0, ring::Timed::times, 0, held.chunk.id, 0}, {}, "x"};
  record.stamps.started = 5;
  record.stamps.duration = 10'000;
  CHECK(desk.dispatcher.on_record(0, 1000, record));
  CHECK(desk.calls->adaptive->mean_ns() == 10'000);
  CHECK(desk.calls->adaptive->next(1'000'000) == 20);
}

TEST_CASE("a job is told which items go to another worker, after taking back or after a death") {
  using Rests = std::vector<std::pair<std::uint64_t, std::uint32_t>>;
  for (const bool range : {false, true}) {
    CAPTURE(range);
    SharedDesk desk;
    desk.calls->next_index = 10;
    range ? desk.calls->range(8, 0, 1) : desk.calls->items(8);
    desk.start();
    const auto held = desk.backend.claim();
    CHECK(desk.calls->rests.empty());
    desk.offer(held, 6);
    desk.dispatcher.feed();
    CHECK(desk.calls->rests == Rests{{16, 2}});
    static_cast<void>(desk.backend.claim());
    CHECK(desk.send(0, held.chunk, 0, "x"));
    desk.lose(0, held, 2);
    desk.dispatcher.feed();
    CHECK(desk.calls->rests == Rests{{16, 2}, {12, 4}});
  }
}
