// Results that are larger than a worker's ring: they come in pieces, to the place where they stay.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace prun::test;

namespace {

constexpr std::size_t large = 1'000'000;

struct Odd {  // does not divide a piece
  char bytes[7];
  bool operator==(const Odd&) const = default;
};

std::string text_of(int seed) {
  std::string text(large, '\0');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>(i * 31 + static_cast<std::size_t>(seed));
  return text;
}
std::vector<std::int64_t> numbers_of(int seed) {
  std::vector<std::int64_t> numbers(large);
  std::iota(numbers.begin(), numbers.end(), seed);
  return numbers;
}
std::vector<Odd> odd_of(int seed) {
  std::vector<Odd> all(large / 7);
  for (std::size_t i = 0; i < all.size(); ++i)
    all[i].bytes[i % 7] = static_cast<char>(i + static_cast<std::size_t>(seed));
  return all;
}
std::map<int, std::vector<double>> map_of(int seed) { return {{seed, std::vector<double>(large, 1.5)}, {-1, {2.5}}}; }

std::int64_t faults() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return used.ru_minflt;
}

}  // namespace

TEST_CASE("large results of every kind arrive complete in every mode") {
  prun::Pool pool{2};
  CHECK(pool.apply(text_of, 1) == text_of(1));
  CHECK(pool.apply(numbers_of, 2) == numbers_of(2));
  CHECK(pool.apply(odd_of, 3) == odd_of(3));
  CHECK(pool.apply(map_of, 4) == map_of(4));
  const bool mapped = pool.map(numbers_of, {1, 2, 3}) == std::vector{numbers_of(1), numbers_of(2), numbers_of(3)};
  CHECK(mapped);
  int seed = 0;
  for (const std::string& text : pool.imap(text_of, std::vector{0, 1, 2, 3})) CHECK(text == text_of(seed++));
  std::size_t bytes = 0;
  for (const auto& numbers : pool.imap_unordered(numbers_of, std::vector{0, 1, 2, 3})) bytes += numbers.size();
  CHECK(bytes == 4 * large);
  const auto twice = pool.apply_async(text_of, 5);
  CHECK(twice.get() == text_of(5));
  CHECK(twice.get() == text_of(5));
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  CHECK(executor.submit(odd_of, 6).result() == odd_of(6));
}

TEST_CASE("an empty and a small container are results as large ones are") {
  prun::Pool pool{1};
  CHECK(pool.apply([](int) { return std::string(); }, 0).empty());
  CHECK(pool.apply([](int) { return std::vector<double>(); }, 0).empty());
  CHECK(pool.apply([](int) { return std::vector<bool>{true, false}; }, 0) == std::vector<bool>{true, false});
  CHECK(pool.map([](int n) { return std::vector<int>(static_cast<std::size_t>(n), n); }, {0, 1, 2}) ==
        std::vector<std::vector<int>>{{}, {1}, {2, 2}});
}

TEST_CASE("a large result costs its process one page fault a page, and no second copy") {
  prun::Pool pool{1};
  constexpr std::size_t size = 32 << 20;
  const auto make = [](std::size_t bytes) { return std::vector<char>(bytes, 'x'); };
  CHECK(pool.apply(make, std::size_t{100'000}).size() == 100'000);  // the ring's own pages
  const std::int64_t before = faults();
  const std::vector<char> result = pool.apply(make, size);
  const auto pages = static_cast<std::int64_t>(size) / ::sysconf(_SC_PAGESIZE);
  CHECK(faults() - before < pages + pages / 4);
  CHECK(result.size() == size);
}

TEST_CASE("a stream without a consumer stops before it has many results of any size") {
  const Shared<std::atomic<int>> calls;
  const auto four_megabytes = [made = calls.get()](int) {
    ++*made;
    return std::string(std::size_t{4} << 20U, 'r');
  };
  prun::Pool pool{2};
  const auto read_one = [&](auto stream) {
    const int before = *calls;
    CHECK(stream.next()->size() == std::size_t{4} << 20U);
    // Behind all that was handed out.
    static_cast<void>(pool.map([](int x) { return x; }, std::vector<int>{1, 2, 3, 4}));
    CHECK(*calls - before <= 2 * 4 + 1 + 2);
  };
  read_one(pool.imap(four_megabytes, std::views::iota(0, 1000)));
  read_one(pool.imap(four_megabytes, std::vector<int>(1000)));
}

TEST_CASE("a result that is too large for memory gets no place") {
  std::string text;
  CHECK(prun::detail::room_for_piece(text, {std::uint64_t{1} << 62, 0, 100}) == nullptr);
  std::vector<double> numbers;
  CHECK(prun::detail::room_for_piece(numbers, {std::uint64_t{1} << 63, 0, 800}) == nullptr);
}
