#include "ring/sleepers.hpp"

#include "ring/ring_support.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

using prun::ring::Region;
using prun::ring::Sleepers;
using prun::ring::TaskRing;
using prun::test::numbered;
using prun::test::small_region;
using prun::test::take;

namespace {

void wait_for_sleepers(const Sleepers& sleepers, std::uint64_t count) {
  while (sleepers.count() != count) std::this_thread::yield();
}

}  // namespace

TEST_CASE("a worker that finds work after setting its bit does not sleep, and clears its bit") {
  const Region region = small_region();
  Sleepers sleepers(region);
  sleepers.sleep(0, [] { return true; });
  CHECK(sleepers.count() == 0);
  CHECK(region.worker(0).asleep.load() == 0);
}

TEST_CASE("a sleeper is woken, and as many as were asked for") {
  const Region region = small_region(70);
  Sleepers sleepers(region);
  std::atomic<int> awake{0};
  std::vector<std::thread> threads;
  for (const std::uint32_t worker : {0U, 1U, 69U}) {
    threads.emplace_back([&, worker] {
      Sleepers(region).sleep(worker, [] { return false; });
      ++awake;
    });
  }
  wait_for_sleepers(sleepers, 3);
  CHECK(sleepers.wake(1) == 1);
  CHECK(sleepers.count() == 2);
  CHECK(sleepers.wake(10) == 2);
  for (auto& thread : threads) thread.join();
  CHECK(awake == 3);
  CHECK(sleepers.wake(1) == 0);
}

TEST_CASE("a late wake-up for an earlier sleep leaves no bit behind") {
  const Region region = small_region();
  Sleepers sleepers(region);
  std::thread worker([&region] { Sleepers(region).sleep(0, [] { return false; }); });
  wait_for_sleepers(sleepers, 1);
  // A waker took the bit of an earlier sleep and only now stores its 0: this sleep's bit is still set.
  auto& asleep = region.worker(0).asleep;
  asleep.store(0);
  prun::sys::futex_wake(asleep);
  worker.join();
  CHECK(sleepers.count() == 0);
}

TEST_CASE("forgetting a worker wakes the others, because it may have owed a wake-up") {
  const Region region = small_region();
  Sleepers sleepers(region);
  std::thread worker([&region] { Sleepers(region).sleep(1, [] { return false; }); });
  wait_for_sleepers(sleepers, 1);
  region.sleepers()[0].bits.store(0);  // worker 0 took the bit, and died
  sleepers.forget(0);
  worker.join();
  CHECK(region.worker(1).asleep.load() == 0);
}

TEST_CASE("a dead sleeper's bit goes with it") {
  const Region region = small_region();
  Sleepers sleepers(region);
  region.worker(1).asleep.store(1);
  region.sleepers()[0].bits.store(0b10);
  sleepers.forget(1);
  CHECK(sleepers.count() == 0);
  CHECK(region.worker(1).asleep.load() == 0);
}

TEST_CASE("one at a time keeps watch, and while it does the master wakes one sleeper less") {
  const Region region = small_region(3);
  Sleepers sleepers(region);
  CHECK(sleepers.begin_watch(0));
  CHECK_FALSE(sleepers.begin_watch(1));
  region.worker(2).asleep.store(1);
  region.sleepers()[0].bits.store(0b100);
  sleepers.wake_for(1);
  CHECK(sleepers.count() == 1);
  sleepers.wake_for(2);
  CHECK(sleepers.count() == 0);
  sleepers.end_watch();
  CHECK(sleepers.begin_watch(1));
}

TEST_CASE("a watcher that dies watches no longer") {
  const Region region = small_region();
  Sleepers sleepers(region);
  CHECK(sleepers.begin_watch(1));
  sleepers.forget(0);
  CHECK_FALSE(sleepers.begin_watch(0));
  sleepers.forget(1);
  CHECK(sleepers.begin_watch(0));
}

TEST_CASE("no chunk is slept over: one after another through workers that sleep each time") {
  constexpr std::uint32_t chunks = 20'000;
  const Region region = small_region(2, 8);
  std::atomic<std::uint32_t> done{0};
  std::vector<std::thread> threads;
  for (std::uint32_t worker = 0; worker < 2; ++worker) {
    threads.emplace_back([&, worker] {
      TaskRing tasks(region);
      Sleepers sleepers(region);
      const auto stopping = [&] { return region.header().stopping.load() != 0; };
      while (!stopping()) {
        if (take(tasks, worker) >= 0) {
          ++done;
        } else {
          sleepers.sleep(worker, [&] { return !tasks.empty() || stopping(); });
        }
      }
    });
  }
  TaskRing master(region);
  Sleepers sleepers(region);
  for (std::uint32_t id = 0; id < chunks; ++id) {
    REQUIRE(master.publish(numbered(id)));
    master.announce();
    sleepers.wake(1);
    while (done.load() <= id) std::this_thread::yield();  // a lost waking would stop here for ever
  }
  region.header().stopping.store(1);
  sleepers.wake(2);
  for (auto& thread : threads) thread.join();
  CHECK(done == chunks);
}
