#include "ring/result_ring.hpp"

#include "ring/ring_support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <thread>
#include <utility>

using namespace prun::ring;
using prun::test::small_region;

namespace {

constexpr std::uint32_t ring_bytes = 4096;

RecordHeader header_of(std::string_view payload, std::uint32_t item = 0) {
  return {static_cast<std::uint32_t>(payload.size()), RecordKind::value, 0, Timed::no, 0, 7, item};
}

/// False where there is no room.
bool put(ResultProducer& producer, std::string_view payload, std::uint32_t item = 0) {
  std::byte* place = producer.begin(header_of(payload, item), nullptr);
  if (place == nullptr) return false;
  std::memcpy(place, payload.data(), payload.size());
  producer.commit();
  return true;
}

/// What the consumer makes of the bytes of a raw header at the ring's beginning.
struct Raw {
  Region region = small_region(1);
  void write(std::uint64_t at, const RecordHeader& header) const {
    std::memcpy(region.results(0) + at, &header, sizeof header);
  }
  bool corrupt(std::uint64_t tail) const {
    ResultConsumer consumer(region, 0);
    region.worker(0).tail.store(tail);
    Record record;
    while (consumer.next(record)) {
    }
    CHECK_FALSE(consumer.next(record));
    return consumer.corrupt();
  }
};

}  // namespace

TEST_CASE("records arrive as they were written, with chunk, item and stamps") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  const Stamps stamps{123, 456, 7, 8, 9, 10, 11, Timed::usage};
  RecordHeader header = header_of("abc", 5);
  header.timed = Timed::usage;
  std::memcpy(producer.begin(header, &stamps), "abc", 3);
  producer.commit();
  Record record;
  REQUIRE(consumer.next(record));
  CHECK(record.payload == "abc");
  CHECK(record.header.chunk == 7);
  CHECK(record.header.item == 5);
  CHECK(record.stamps.started == 123);
  CHECK(record.stamps.duration == 456);
  CHECK_FALSE(consumer.next(record));
}

TEST_CASE("a record has no more of its stamps than it needs, and the consumer makes the rest of them") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  const Stamps stamps{5, 3'000, 7, 8, 900, 10, 11, Timed::usage};
  std::uint64_t written = 0;
  for (const Timed timed : {Timed::no, Timed::times, Timed::usage, Timed::assumed}) {
    RecordHeader header = header_of("abc", 5);
    header.timed = timed;
    std::memcpy(producer.begin(header, &stamps), "abc", 3);
    producer.commit();
    Record record;
    REQUIRE(consumer.next(record));
    CHECK(record.payload == "abc");
    const std::uint64_t bytes = region.worker(0).tail.load() - std::exchange(written, region.worker(0).tail.load());
    CHECK(bytes == sizeof(RecordHeader) + 8 + (timed == Timed::no ? 0 : timed == Timed::usage ? 48 : 16));
    if (timed == Timed::no) continue;
    CHECK(record.stamps.started == 5);
    CHECK(record.stamps.duration == 3'000);
    CHECK(record.stamps.timed == timed);
    if (timed == Timed::times) continue;
    CHECK(record.stamps.user_us == (timed == Timed::usage ? 7 : 3));
    CHECK(record.stamps.system_us == (timed == Timed::usage ? 8 : 0));
    CHECK(record.stamps.max_rss_kib == 900);
    CHECK(record.stamps.minor_faults == (timed == Timed::usage ? 10 : 0));
  }
}

TEST_CASE("bytes that were not committed were never there") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  REQUIRE(producer.begin(header_of("lost"), nullptr) != nullptr);
  CHECK_FALSE(consumer.has_data());
  CHECK_FALSE(consumer.next(record));
  CHECK_FALSE(consumer.corrupt());
}

TEST_CASE("an empty payload is a record too") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  CHECK(put(producer, ""));
  REQUIRE(consumer.next(record));
  CHECK(record.payload.empty());
}

TEST_CASE("a record that would cross the ring's end begins the next lap") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  const std::string payload(1000, 'x');  // 1016 bytes each: 32 are left over behind the fourth
  for (int i = 0; i < 4; ++i) REQUIRE(put(producer, payload));
  for (int i = 0; i < 4; ++i) REQUIRE(consumer.next(record));
  CHECK_FALSE(consumer.release());
  REQUIRE(put(producer, std::string(100, 'y')));
  REQUIRE(consumer.next(record));
  CHECK(record.payload == std::string(100, 'y'));
  CHECK(reinterpret_cast<const std::byte*>(record.payload.data()) == region.results(0) + sizeof(RecordHeader));
}

TEST_CASE("eight bytes at the ring's end are passed over") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  for (int i = 0; i < 3; ++i) REQUIRE(put(producer, std::string(1000, 'x')));
  REQUIRE(put(producer, std::string(1024, 'x')));  // 3 * 1016 + 1040 = 4088
  while (consumer.next(record)) {
  }
  CHECK_FALSE(consumer.release());
  REQUIRE(put(producer, "next"));
  REQUIRE(consumer.next(record));
  CHECK(record.payload == "next");
  CHECK_FALSE(consumer.corrupt());
}

TEST_CASE("a full ring refuses, and has room again once the reader gives it back") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  int written = 0;
  while (put(producer, std::string(240, 'x'))) ++written;
  CHECK(written == ring_bytes / 256);
  CHECK(producer.half_full());
  CHECK(consumer.half_full());
  REQUIRE(consumer.next(record));
  CHECK(consumer.unreleased() == 256);
  CHECK_FALSE(put(producer, std::string(240, 'x')));  // read, but its payload may still be looked at
  CHECK_FALSE(consumer.release());
  CHECK(put(producer, std::string(240, 'x')));
}

TEST_CASE("a producer that waits for room is told of, however little lies in the ring") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  REQUIRE(put(producer, std::string(1024, 'x')));
  CHECK_FALSE(consumer.half_full());
  region.worker(0).credit_wanted.store(1);
  CHECK(consumer.half_full());
  REQUIRE(consumer.next(record));
  CHECK(consumer.release());
}

TEST_CASE("drained once all is read and given back") {
  const Region region = small_region(1);
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  Record record;
  CHECK(producer.drained());
  REQUIRE(put(producer, "x"));
  CHECK_FALSE(producer.drained());
  REQUIRE(consumer.next(record));
  CHECK_FALSE(consumer.release());
  CHECK(producer.drained());
}

TEST_CASE("after a reset the ring is as new") {
  const Region region = small_region(1);
  ResultConsumer consumer(region, 0);
  Record record;
  {
    ResultProducer dead(region, 0);
    REQUIRE(put(dead, "left behind"));
  }
  consumer.reset();
  CHECK_FALSE(consumer.next(record));
  ResultProducer producer(region, 0);
  REQUIRE(put(producer, "new"));
  REQUIRE(consumer.next(record));
  CHECK(record.payload == "new");
}

TEST_CASE("an invalid record is refused, and nothing is read after it") {
  const Raw raw;
  SUBCASE("a payload longer than what was written") {
    raw.write(0, {500, RecordKind::value, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(64));
  }
  SUBCASE("a payload longer than any piece") {
    raw.write(0, {2000, RecordKind::value, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(4096));
  }
  SUBCASE("a size whose sum with the header overflows 32 bits") {
    raw.write(0, {0xFFFFFFFF, RecordKind::value, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(4096));
  }
  SUBCASE("unknown stamps") {
    raw.write(0, {8, RecordKind::value, 0, static_cast<Timed>(4), 0, 0, 0});
    CHECK(raw.corrupt(40));
  }
  SUBCASE("an unknown kind") {
    raw.write(0, {8, static_cast<RecordKind>(77), 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(24));
  }
  SUBCASE("no room for the stamps it promises") {
    raw.write(0, {0, RecordKind::value, 0, Timed::times, 0, 0, 0});
    CHECK(raw.corrupt(16));
  }
  SUBCASE("a pad where a record would have fitted") {
    raw.write(0, {0, RecordKind::pad, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(4096));
  }
  SUBCASE("more bytes than the ring has") {
    raw.write(0, {8, RecordKind::value, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(4096 + 8));
  }
  SUBCASE("a tail that is no multiple of 8") {
    raw.write(0, {8, RecordKind::value, 0, Timed::no, 0, 0, 0});
    CHECK(raw.corrupt(25));
  }
  SUBCASE("less than a header") { CHECK(raw.corrupt(8)); }
}

TEST_CASE("two threads pass a hundred thousand records of all sizes through one page") {
  constexpr std::uint32_t records = 100'000;
  const Region region = small_region(1);
  std::thread worker([&region] {
    ResultProducer producer(region, 0);
    for (std::uint32_t i = 0; i < records;) {
      put(producer, std::string(i * 37 % 1024, static_cast<char>(i)), i) ? static_cast<void>(++i)
                                                                         : std::this_thread::yield();
    }
  });
  ResultConsumer consumer(region, 0);
  std::uint32_t bad = 0;
  for (std::uint32_t i = 0; i < records;) {
    Record record;
    if (!consumer.next(record)) {
      std::this_thread::yield();
      continue;
    }
    if (record.header.item != i || record.payload != std::string(i * 37 % 1024, static_cast<char>(i))) ++bad;
    if (++i % 3 == 0) static_cast<void>(consumer.release());
    if (consumer.unreleased() > 2048) static_cast<void>(consumer.release());
  }
  worker.join();
  CHECK(bad == 0);
  CHECK_FALSE(consumer.corrupt());
}
