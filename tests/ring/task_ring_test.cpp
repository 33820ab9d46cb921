#include "ring/task_ring.hpp"

#include "ring/ring_support.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <thread>
#include <vector>

using prun::ring::Region;
using prun::ring::TaskRing;
using prun::test::numbered;
using prun::test::small_region;
using prun::test::take;

TEST_CASE("chunks are claimed in the order of publishing") {
  const Region region = small_region();
  TaskRing tasks(region);
  for (std::uint32_t id = 10; id < 13; ++id) CHECK(tasks.publish(numbered(id)) == id - 10);
  CHECK(take(tasks, 0) == 10);
  CHECK(take(tasks, 1) == 11);
  CHECK(take(tasks, 0) == 12);
  CHECK(take(tasks, 0) == -1);
}

TEST_CASE("a full ring takes nothing until the oldest slot is vacated") {
  const Region region = small_region(1, 2);
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  CHECK(tasks.publish(numbered(1)));
  CHECK_FALSE(tasks.has_room());
  CHECK_FALSE(tasks.publish(numbered(2)));
  const auto claim = tasks.claim(0);
  CHECK_FALSE(tasks.has_room());  // claimed, and its chunk perhaps not copied yet
  tasks.vacate(claim->ticket);
  CHECK(tasks.has_room());
  CHECK(tasks.publish(numbered(2)) == 2);
  CHECK(tasks.published() == 3);
}

TEST_CASE("the order holds over many laps") {
  const Region region = small_region(1, 4);
  TaskRing tasks(region);
  for (std::uint32_t id = 0; id < 1000; id += 3) {
    for (std::uint32_t i = 0; i < 3; ++i) REQUIRE(tasks.publish(numbered(id + i)) == id + i);
    for (std::uint32_t i = 0; i < 3; ++i) REQUIRE(take(tasks, 0) == id + i);
    REQUIRE(take(tasks, 0) == -1);
  }
}

TEST_CASE("a slot that is still claimed in the lap before is not taken for one claimed in this lap") {
  const Region region = small_region(2, 2);
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  const auto slow = tasks.claim(0);  // holds slot 0 in lap 0
  CHECK(tasks.publish(numbered(1)));
  CHECK(take(tasks, 1) == 1);
  CHECK(take(tasks, 1) == -1);  // ticket 2, slot 0, is not published: the hint must not pass it
  tasks.vacate(slow->ticket);
  CHECK(tasks.publish(numbered(2)) == 2);
  CHECK(take(tasks, 1) == 2);
}

TEST_CASE("only what is announced counts as backlog") {
  const Region region = small_region();
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  CHECK(tasks.publish(numbered(1)));
  CHECK(tasks.empty());
  tasks.announce();
  CHECK(tasks.backlog() == 2);
  CHECK(take(tasks, 0) == 0);
  CHECK(tasks.backlog() == 1);
  CHECK(take(tasks, 0) == 1);
  CHECK(tasks.empty());
}

TEST_CASE("a chunk taken before its announcement leaves no backlog behind") {
  const Region region = small_region();
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  CHECK(take(tasks, 0) == 0);
  CHECK(tasks.empty());
  tasks.announce();
  CHECK(tasks.empty());
}

TEST_CASE("a withdrawn chunk is never claimed, and its slot is free immediately") {
  const Region region = small_region(1, 4);
  TaskRing tasks(region);
  for (std::uint32_t id = 0; id < 4; ++id) CHECK(tasks.publish(numbered(id)));
  CHECK(tasks.withdraw(0));
  CHECK(tasks.withdraw(2));
  CHECK_FALSE(tasks.withdraw(2));
  CHECK(tasks.publish(numbered(4)) == 4);
  CHECK(take(tasks, 0) == 1);
  CHECK(take(tasks, 0) == 3);
  CHECK(take(tasks, 0) == 4);
  CHECK(take(tasks, 0) == -1);
}

TEST_CASE("a chunk that a worker has or had cannot be withdrawn") {
  const Region region = small_region(1, 4);
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  CHECK(tasks.waiting(0));
  const auto claim = tasks.claim(0);
  CHECK_FALSE(tasks.waiting(0));
  CHECK_FALSE(tasks.withdraw(0));
  tasks.vacate(claim->ticket);
  CHECK_FALSE(tasks.withdraw(0));
}

TEST_CASE("a whole ring withdrawn, a lap later the hint still finds the new chunks") {
  const Region region = small_region(1, 4);
  TaskRing tasks(region);
  for (std::uint32_t lap = 0; lap < 3; ++lap) {
    for (std::uint32_t i = 0; i < 4; ++i) CHECK(tasks.publish(numbered(lap * 4 + i)));
    if (lap == 2) break;
    for (std::uint64_t i = 0; i < 4; ++i) CHECK(tasks.withdraw(lap * 4 + i));
  }
  tasks.announce();
  CHECK(take(tasks, 0) == 8);
}

TEST_CASE("a worker that died between its claim and its step of the hint holds nobody up") {
  const Region region = small_region(2, 4);
  TaskRing tasks(region);
  CHECK(tasks.publish(numbered(0)));
  CHECK(tasks.publish(numbered(1)));
  const auto dead = tasks.claim(0);
  region.header().hint.store(0);  // as if it had not come to that
  CHECK(take(tasks, 1) == 1);
  CHECK(region.header().hint.load() == 2);
  CHECK(tasks.claimed(0) == dead->ticket);
}

TEST_CASE("the slot names the worker that holds it, in any lap, until it is vacated") {
  const Region region = small_region(3, 4);
  TaskRing tasks(region);
  for (std::uint32_t i = 0; i < 9; ++i) {
    REQUIRE(tasks.publish(numbered(i)));
    REQUIRE(take(tasks, 0) == i);
  }
  REQUIRE(tasks.publish(numbered(9)) == 9);
  const auto claim = tasks.claim(2);
  CHECK(tasks.claimed(2) == 9);
  CHECK_FALSE(tasks.claimed(0));
  CHECK_FALSE(tasks.claimed(1));
  tasks.vacate(claim->ticket);
  CHECK_FALSE(tasks.claimed(2));
}

TEST_CASE("several claimants lose nothing and take nothing twice, over many laps") {
  constexpr std::uint32_t claimants = 3;
  constexpr std::uint32_t chunks = 30'000;
  const Region region = small_region(claimants, 8);
  std::vector<std::atomic<int>> taken(chunks);
  std::atomic<std::uint32_t> left{chunks};
  std::vector<std::thread> threads;
  for (std::uint32_t worker = 0; worker < claimants; ++worker) {
    threads.emplace_back([&, worker] {
      TaskRing tasks(region);
      while (left.load() != 0) {
        const std::int64_t id = take(tasks, worker);
        if (id < 0) {
          std::this_thread::yield();
          continue;
        }
        ++taken[static_cast<std::size_t>(id)];
        --left;
      }
    });
  }
  TaskRing master(region);
  for (std::uint32_t id = 0; id < chunks;) {
    if (id % 7 == 3 && id > 0 && master.withdraw(id - 1)) {  // now and then in their way
      ++taken[id - 1];
      --left;
    }
    master.publish(numbered(id)) ? static_cast<void>(++id) : std::this_thread::yield();
  }
  for (auto& thread : threads) thread.join();
  CHECK(std::all_of(taken.begin(), taken.end(), [](const auto& times) { return times == 1; }));
}
