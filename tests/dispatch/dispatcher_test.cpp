#include "dispatch/dispatcher.hpp"

#include "dispatch/dispatch_support.hpp"

#include <doctest/doctest.h>

using prun::test::Desk;

TEST_CASE("jobs are served in the order of arrival, each until it has no more chunks") {
  Desk desk;
  const auto first = desk.job();
  const auto second = desk.job();
  first->items(1, "a").items(1, "b");
  second->items(1, "c");
  desk.dispatcher.enqueue(first);
  desk.dispatcher.enqueue(second);
  CHECK(desk.dispatcher.feed() == 3);
  for (const char* expected : {"a", "b", "c"}) CHECK(desk.payload(desk.backend.claim().chunk) == expected);
  CHECK_FALSE(desk.dispatcher.has_pending());
  CHECK(desk.dispatcher.in_flight() == 3);
}

TEST_CASE("each item's record is its outcome, and the last ends the chunk") {
  Desk desk;
  const auto job = desk.job();
  job->items(2);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.send(1, held.chunk, 0, "x"));
  CHECK(desk.dispatcher.in_flight() == 1);
  CHECK(job->last_info.worker == 1001);
  CHECK(desk.send(1, held.chunk, 1, "y"));
  CHECK(desk.dispatcher.idle());
  CHECK(job->outcome(0) == "value x");
  CHECK(job->outcome(1) == "value y");
}

TEST_CASE("a failure is sent as a record too") {
  Desk desk;
  const auto job = desk.job();
  job->items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  std::string bytes;
  prun::wire::encode_failure(Desk::named("it threw"), bytes);
  CHECK(desk.send(0, desk.backend.claim().chunk, 0, bytes, false, prun::ring::RecordKind::failure));
  CHECK(job->outcome(0) == "failure it threw");
}

TEST_CASE("a large value arrives in pieces, those of different workers side by side") {
  Desk desk;
  const auto job = desk.job();
  job->items(1).items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto a = desk.backend.claim();
  const auto b = desk.backend.claim();
  CHECK(desk.send_first(0, a.chunk, 4, "aa"));
  CHECK(desk.send_first(1, b.chunk, 4, "b1"));
  CHECK(desk.send(0, a.chunk, 0, "aa", true));
  CHECK(job->told.empty());
  CHECK(desk.send(1, b.chunk, 0, "b2"));
  CHECK(desk.send(0, a.chunk, 0, ""));
  CHECK(job->outcome(0) == "value aaaa");
  CHECK(job->outcome(1) == "value b1b2");
}

TEST_CASE("a large value is written to the memory of its job, and from the first piece again after a lost worker") {
  Desk desk;
  const auto job = desk.job();
  job->items(1).items(1);
  job->places = true;
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto a = desk.backend.claim();
  const auto b = desk.backend.claim();
  CHECK(desk.send_first(0, a.chunk, 6, "one"));
  CHECK(job->whole == 6);
  desk.lose(0, a, 1);
  CHECK(desk.send_first(0, b.chunk, 6, "thr"));
  CHECK(desk.send(0, b.chunk, 0, "ee!"));
  CHECK(job->outcome(0) == "failure lost");
  CHECK(job->outcome(1) == "placed three!");
}

TEST_CASE("pieces that do not agree with the size of the whole are refused, and so are pieces without a first") {
  for (int round = 0; round < 2; ++round) {
    const bool places = round == 1;
    CAPTURE(places);
    Desk desk;
    const auto job = desk.job();
    job->items(1);
    job->places = places;
    desk.dispatcher.enqueue(job);
    desk.dispatcher.feed();
    const auto chunk = desk.backend.claim().chunk;
    CHECK_FALSE(desk.send(0, chunk, 0, "aa", true));
    CHECK_FALSE(desk.send_first(1, chunk, 4, "aa", false));
  }
}

TEST_CASE("a piece that does not follow the previous one is refused") {
  for (int round = 0; round < 2; ++round) {
    const bool places = round == 1;
    CAPTURE(places);
    Desk long_one;
    const auto other = long_one.job();
    other->items(1);
    other->places = places;
    long_one.dispatcher.enqueue(other);
    long_one.dispatcher.feed();
    const auto claimed = long_one.backend.claim().chunk;
    CHECK(long_one.send_first(0, claimed, 4, "aa"));
    CHECK_FALSE(long_one.send_first(0, claimed, 4, "aa"));
    CHECK_FALSE(long_one.send(0, claimed, 0, "aaa", true));
    CHECK_FALSE(long_one.send(0, claimed, 0, "a"));
    CHECK_FALSE(long_one.send_first(1, claimed, UINT64_MAX, "aa"));
    CHECK(other->told.empty());
  }
}

TEST_CASE("a record that belongs to no chunk is refused as damaged memory") {
  Desk desk;
  const auto job = desk.job();
  job->items(2);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  auto chunk = desk.backend.claim().chunk;
  CHECK_FALSE(desk.send(0, chunk, 1, "the second before the first"));
  CHECK(desk.send(0, chunk, 0, "x"));
  CHECK_FALSE(desk.send(0, chunk, 0, "twice"));
  CHECK(desk.send(0, chunk, 1, "y"));
  CHECK_FALSE(desk.send(0, chunk, 2, "one too many"));
  chunk.id = 99;
  CHECK_FALSE(desk.send(0, chunk, 0, "no such chunk"));
  CHECK(job->told.size() == 2);
}

TEST_CASE("a backend without room gets no chunks, and continues where it stopped") {
  Desk desk;
  desk.backend.room = 2;
  const auto job = desk.job();
  job->items(1, "a").items(1, "b").items(1, "c");
  desk.dispatcher.enqueue(job);
  CHECK(desk.dispatcher.feed() == 2);
  CHECK(desk.dispatcher.feed() == 0);
  CHECK(desk.dispatcher.has_pending());
  CHECK(desk.payload(desk.backend.claim().chunk) == "a");
  CHECK(desk.dispatcher.feed() == 1);
}

TEST_CASE("bytes in flight are bounded, but every worker is kept busy") {
  Desk desk(2, 1000);
  const auto job = desk.job();
  for (int i = 0; i < 10; ++i) job->items(1, std::string(5000, 'x'));
  desk.dispatcher.enqueue(job);
  CHECK(desk.dispatcher.feed() == 4);  // two a worker, however large
  CHECK(desk.send(0, desk.backend.claim().chunk, 0, "r"));
  CHECK(desk.dispatcher.feed() == 1);
}

TEST_CASE("arguments that do not fit into memory fail only their own call") {
  Desk desk;
  const auto job = desk.job();
  job->items(2, std::string(std::size_t{8} << 20, 'x')).items(1, "small");
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  CHECK(job->outcome(0) == "failure the shared memory has no room for arguments of 8388608 bytes");
  CHECK(job->outcome(1) == job->outcome(0));
  REQUIRE(job->discarded.size() == 1);
  CHECK(job->discarded.front().size() == std::size_t{8} << 20);  // what it owns can be found in it
  CHECK(desk.payload(desk.backend.claim().chunk) == "small");
}

TEST_CASE("the memory of arguments is reused") {
  Desk desk;
  const auto job = desk.job();
  for (int i = 0; i < 100; ++i) {
    job->items(1, std::string(std::size_t{1} << 20, 'x'));
    desk.dispatcher.enqueue(job);
    REQUIRE(desk.dispatcher.feed() == 1);
    REQUIRE(desk.send(0, desk.backend.claim().chunk, 0, "r"));
  }
  CHECK(desk.arena.used() == 0);
  CHECK(job->told.size() == 100);
}

TEST_CASE("a job lives exactly as long as one of its chunks is in flight") {
  Desk desk;
  auto job = desk.job();
  job->items(1);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.enqueue(job);  // twice is once
  desk.dispatcher.feed();
  const std::weak_ptr<prun::test::ListedJob> watch = job;
  job.reset();
  CHECK_FALSE(watch.expired());
  CHECK(desk.send(0, desk.backend.claim().chunk, 0, "x"));
  CHECK(watch.expired());
}

TEST_CASE("a chunk is running once it is claimed, and only its own items are") {
  Desk desk;
  const auto job = desk.job();
  job->items(2).items(2);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  const auto waiting = [&](std::uint64_t ticket) { return ticket != held.ticket; };
  CHECK(desk.dispatcher.running(*job, 0, waiting));
  CHECK(desk.dispatcher.running(*job, 1, waiting));
  CHECK_FALSE(desk.dispatcher.running(*job, 2, waiting));
  CHECK_FALSE(desk.dispatcher.running(*job, 4, waiting));
}

TEST_CASE("an item has an index only until its outcome arrives, because its task may then be forgotten") {
  Desk desk;
  const auto job = desk.job();
  job->items(2);
  desk.dispatcher.enqueue(job);
  desk.dispatcher.feed();
  const auto held = desk.backend.claim();
  CHECK(desk.dispatcher.index_without_outcome(held.ticket, 0) == 0);
  CHECK(desk.send(1, held.chunk, 0, "x"));
  CHECK_FALSE(desk.dispatcher.index_without_outcome(held.ticket, 0).has_value());
  CHECK(desk.dispatcher.index_without_outcome(held.ticket, 1) == 1);
  CHECK_FALSE(desk.dispatcher.index_without_outcome(held.ticket, 2).has_value());
  CHECK_FALSE(desk.dispatcher.index_without_outcome(held.ticket + 1, 0).has_value());
}
