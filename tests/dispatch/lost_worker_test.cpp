#include "dispatch/dispatch_support.hpp"

#include <doctest/doctest.h>

using prun::ring::PayloadKind;
using prun::test::Desk;

TEST_CASE("a lost worker without a chunk changes nothing") {
  Desk desk;
  const auto job = desk.job();
  job->items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  desk.dispatcher.on_worker_lost({0, Desk::named("lost"), std::nullopt, 0});
  CHECK(job->told.empty());
  CHECK(desk.backend.waiting.size() == 1);
}

TEST_CASE("a claimed chunk that has not begun runs completely on another worker") {
  Desk desk;
  const auto job = desk.job();
  job->items(3, "abc");
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  desk.lose(0, held, 0);
  CHECK(job->told.empty());
  CHECK(desk.dispatcher.feed() == 1);
  const auto again = desk.backend.claim();
  CHECK(again.ticket != held.ticket);
  CHECK(again.chunk.count == 3);
  CHECK(desk.payload(again.chunk) == "abc");
}

TEST_CASE("the begun item fails, earlier items keep their values, and the rest runs before new chunks") {
  Desk desk;
  const auto job = desk.job();
  job->items(3, "first").items(1, "second");
  desk.dispatcher.enqueue(job);
  desk.backend.room = 1;
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.send(0, held.chunk, 0, "x"));
  desk.lose(0, held, 2);
  CHECK(job->outcome(0) == "value x");
  CHECK(job->outcome(1) == "failure lost");
  CHECK(job->outcome(2) == "none");
  desk.dispatcher.feed();
  const auto rest = desk.backend.claim();
  CHECK(desk.payload(rest.chunk) == "first");
  CHECK(rest.chunk.place.skip == 2);
  CHECK(desk.send(1, rest.chunk, 2, "z"));
  CHECK(job->outcome(2) == "value z");
  desk.dispatcher.feed();
  CHECK(desk.payload(desk.backend.claim().chunk) == "second");
}

TEST_CASE("a worker that is lost between two items loses neither") {
  Desk desk;
  const auto job = desk.job();
  job->items(2);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.send(0, held.chunk, 0, "x"));
  desk.lose(0, held, 1);
  CHECK(job->told.size() == 1);
  CHECK(desk.dispatcher.feed() == 1);
}

TEST_CASE("a worker that is lost after its last record loses nothing") {
  Desk desk;
  const auto job = desk.job();
  job->items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.send(0, held.chunk, 0, "x"));
  desk.lose(0, held, 1);
  CHECK(job->outcome(0) == "value x");
  CHECK(desk.dispatcher.idle());
}

TEST_CASE("an incomplete value is dropped completely and does not mix with the next worker's value") {
  Desk desk;
  const auto job = desk.job();
  job->items(1).items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.send_first(0, held.chunk, 8, "half"));
  desk.lose(0, held, 1);
  CHECK(job->outcome(0) == "failure lost");
  CHECK(desk.send(0, desk.backend.claim().chunk, 0, "whole"));
  CHECK(job->outcome(1) == "value whole");
}

TEST_CASE("the rest of a chunk runs again after repeated deaths, for every kind of payload") {
  Desk desk;
  const auto job = desk.job();
  const std::string large(5000, 'c');
  PayloadKind kind{};
  std::string payload;
  bool is_range = false;
  SUBCASE("items in the slot") { kind = PayloadKind::inline_items, payload = "tiny"; }
  SUBCASE("items in the arena") { kind = PayloadKind::arena_items, payload = large; }
  SUBCASE("a range in the slot") { kind = PayloadKind::inline_range, payload = "callable", is_range = true; }
  SUBCASE("a range, its callable in the arena") { kind = PayloadKind::arena_range, payload = large, is_range = true; }
  is_range ? job->range(4, 100, -7, payload) : job->items(4, payload);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  CHECK(desk.backend.waiting.front().chunk.kind == kind);
  for (std::uint32_t item = 0; item < 4; ++item) {
    const auto held = desk.backend.claim();
    CHECK(desk.payload(held.chunk) == payload);
    std::uint64_t begun = item + 1;
    if (is_range) {
      CHECK(held.chunk.range.start == 100 - 7 * static_cast<std::int64_t>(item));
      CHECK(held.chunk.count == 4 - item);
      begun = 1;  // a range is cut, and counted anew
    } else if (held.chunk.kind == PayloadKind::arena_items) {
      CHECK(held.chunk.place.skip == item);
    }
    desk.lose(item % 2, held, begun);
    CHECK(job->outcome(item) == "failure lost");
    CHECK(desk.dispatcher.feed() == (item < 3 ? 1 : 0));
  }
  CHECK(desk.dispatcher.idle());
  CHECK(desk.arena.used() == 0);
  CHECK(job->discarded.empty());
}

TEST_CASE("the rest of a chunk fails if there is no memory to keep it") {
  Desk desk;
  const auto job = desk.job();
  job->items(2, "tiny");
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  while (desk.arena.allocate(std::size_t{64} << 10)) {
  }
  desk.lose(0, held, 1);
  CHECK(job->outcome(0) == "failure lost");
  CHECK(job->outcome(1) == "failure no shared memory is left to send the rest of a dead worker's chunk to another");
  CHECK(desk.dispatcher.idle());
}
