#include "ring/arena.hpp"

#include "ring/ring_support.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <initializer_list>
#include <map>
#include <random>
#include <vector>

using prun::ring::Arena;
using prun::ring::Region;
using prun::test::small_region;

TEST_CASE("blocks do not overlap, even if others are freed in between") {
  const Region region = small_region();
  Arena arena(region);
  std::mt19937 random(1);
  std::map<std::uint64_t, std::size_t> live;
  for (int i = 0; i < 5000; ++i) {
    if (live.size() > 40 || (!live.empty() && random() % 3 == 0)) {
      const auto victim = std::next(live.begin(), static_cast<std::ptrdiff_t>(random() % live.size()));
      arena.free(victim->first, victim->second);
      live.erase(victim);
      continue;
    }
    const std::size_t size = 1 + (random() % 4 == 0 ? random() % 200'000 : random() % 2000);
    const auto offset = arena.allocate(size);
    if (!offset) continue;
    const auto next = live.lower_bound(*offset);
    REQUIRE((next == live.end() || *offset + size <= next->first));
    REQUIRE((next == live.begin() || std::prev(next)->first + std::prev(next)->second <= *offset));
    REQUIRE(*offset + size <= region.arena().size());
    live.emplace(*offset, size);
  }
}

TEST_CASE("the used bytes are counted as requested") {
  const Region region = small_region();
  Arena arena(region);
  const auto a = arena.allocate(10);
  const auto b = arena.allocate(100'000);
  REQUIRE((a && b));
  CHECK(arena.used() == 100'010);
  arena.free(*a, 10);
  arena.free(*b, 100'000);
  CHECK(arena.used() == 0);
}

TEST_CASE("allocate returns nothing if there is no room, and freeing makes room again") {
  const Region region = small_region();
  Arena arena(region);
  const std::size_t whole = region.arena().size();
  const auto all = arena.allocate(whole);
  REQUIRE(all);
  CHECK_FALSE(arena.allocate(40'000));
  CHECK_FALSE(arena.allocate(1));
  arena.free(*all, whole);
  CHECK(arena.allocate(whole));
}

TEST_CASE("neighbours are joined in whatever order they are freed") {
  const Region region = small_region();
  const std::size_t quarter = region.arena().size() / 4;
  const std::vector<std::vector<std::size_t>> orders{{0, 1, 2, 3}, {3, 2, 1, 0}, {0, 2, 1, 3}, {1, 3, 0, 2}};
  for (const auto& order : orders) {
    Arena arena(region);
    std::vector<std::uint64_t> offsets;
    for (int i = 0; i < 4; ++i) offsets.push_back(arena.allocate(quarter).value());
    for (const std::size_t i : order) arena.free(offsets[i], quarter);
    CHECK(arena.allocate(4 * quarter));
  }
}

TEST_CASE("a small block freed is the next one of its size") {
  const Region region = small_region();
  Arena arena(region);
  const auto first = arena.allocate(100);
  arena.free(*first, 100);
  CHECK(arena.allocate(128) == first);
  CHECK(arena.allocate(128) != first);
}

TEST_CASE("a block of every size around the classes' edges holds what is written") {
  const Region region = small_region();
  Arena arena(region);
  for (const std::size_t size :
       std::initializer_list<std::size_t>{1, 63, 64, 65, 128, 129, 4096, 4097, 32767, 32768, 32769, 65536, 65537}) {
    const auto offset = arena.allocate(size);
    REQUIRE(offset);
    std::memset(arena.at(*offset), 0xAB, size);
    arena.free(*offset, size);
  }
}
