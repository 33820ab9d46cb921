// The word by which a worker and the master divide the items of a chunk.
#include "ring/share.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using prun::ring::Share;
using prun::ring::WorkerBlock;

TEST_CASE("a worker takes the items of its share one after the other, and no more") {
  WorkerBlock block;
  Share share(block);
  share.open(7, 0, 3);
  for (std::uint32_t i = 0; i < 3; ++i) CHECK(share.take(i));
  CHECK_FALSE(share.take(3));
  share.open(8, 2, 3);
  CHECK(share.take(2));
  CHECK_FALSE(share.take(3));
}

TEST_CASE("the master takes back half of what has not begun, again and again") {
  WorkerBlock block;
  Share share(block);
  share.open(7, 0, 10);
  REQUIRE(share.take(0));
  REQUIRE(share.take(1));
  CHECK(share.halve(7, 1) == 6);  // item 1 runs; of 2 to 9, four stay
  CHECK(share.halve(7, 1) == 4);
  CHECK(share.halve(7, 1) == 3);
  CHECK(share.halve(7, 1) == 2);
  CHECK_FALSE(share.halve(7, 1).has_value());
  CHECK_FALSE(share.take(2));
}

TEST_CASE("a worker that has begun nothing keeps an item, so that items do not travel forever") {
  WorkerBlock block;
  Share share(block);
  share.open(7, 0, 2);
  CHECK(share.halve(7, 0) == 1);
  CHECK_FALSE(share.halve(7, 0).has_value());
  CHECK(share.take(0));
  CHECK_FALSE(share.halve(7, 1).has_value());
}

TEST_CASE("nothing is taken back of another chunk than the master means") {
  WorkerBlock block;
  Share share(block);
  CHECK_FALSE(share.halve(1, 0).has_value());
  share.open(8, 0, 10);
  CHECK_FALSE(share.halve(7, 0).has_value());
  share.open((std::uint64_t{5} << 16U) + 7, 0, 10);
  CHECK(share.halve((std::uint64_t{5} << 16U) + 7, 0) == 5);
}

TEST_CASE("a share can be as large as a chunk of its kind") {
  WorkerBlock block;
  Share share(block);
  share.open(UINT64_MAX, Share::most_items - 2, Share::most_items);
  CHECK(share.take(Share::most_items - 2));
  CHECK(share.halve(UINT64_MAX, Share::most_items - 2) == Share::most_items - 1);
  CHECK_FALSE(share.take(Share::most_items - 1));
}

TEST_CASE("each item has exactly one owner, whichever side comes first") {
  constexpr std::uint32_t items = 2000;
  for (std::uint64_t round = 0; round < 20; ++round) {
    WorkerBlock block;
    Share(block).open(round, 0, items);
    std::uint32_t taken = 0;
    std::atomic<bool> begun{false};
    std::thread worker([&] {
      begun = true;
      while (Share(block).take(taken)) ++taken;
    });
    while (!begun) std::this_thread::yield();
    std::uint32_t end = items;
    while (const auto lower = Share(block).halve(round, 0)) {
      CHECK(*lower < end);
      end = *lower;
    }
    worker.join();
    CHECK(taken == end);
  }
}
