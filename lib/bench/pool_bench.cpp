// prun's library from the outside, as a program uses it: no-ops on 64-bit integers.
//
//   pool_bench imap|map|map_range|submit N      prints the seconds that N calls took
//   pool_bench submit_one N                     ... one future at a time
//   pool_bench apply N PAUSE                    prints the median seconds of N calls, PAUSE microseconds between them
//   pool_bench large N                          ... of N calls, each of whose results has 100 MB
//   pool_bench memcpy N                         ... of N copies of 100 MB to memory that was not used before
// In 2 workers, or as many as PRUN_BENCH_WORKERS says.
#include "bench/repeat_call.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <numeric>
#include <ranges>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using prun::bench::Stopwatch;

std::int64_t no_op(std::int64_t n) { return n; }

std::int64_t sum_below(std::int64_t count) { return count * (count - 1) / 2; }

void require(std::int64_t sum, std::int64_t count) {
  if (sum != sum_below(count)) throw std::logic_error("the results are wrong");
}

std::int64_t worker_count() {
  const char* text = std::getenv("PRUN_BENCH_WORKERS");
  return text == nullptr ? 2 : std::strtol(text, nullptr, 10);
}

double imap(std::int64_t count) {
  prun::Pool pool{worker_count()};
  const Stopwatch watch;
  std::int64_t sum = 0;
  for (const std::int64_t n : pool.imap(no_op, std::views::iota(std::int64_t{0}, count), {.chunksize = 1})) sum += n;
  const double seconds = watch.seconds();
  require(sum, count);
  return seconds;
}

template <class Numbers>
double map(std::int64_t count, const Numbers& numbers) {
  prun::Pool pool{worker_count()};
  const Stopwatch watch;
  const std::vector<std::int64_t> results = pool.map(no_op, numbers);
  const double seconds = watch.seconds();
  require(std::accumulate(results.begin(), results.end(), std::int64_t{0}), count);
  return seconds;
}

double map_vector(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return map(count, numbers);
}

double submit(std::int64_t count) {
  prun::ProcessPoolExecutor executor{{.max_workers = worker_count()}};
  executor.submit(no_op, std::int64_t{0}).result();  // a worker is there
  const Stopwatch watch;
  std::vector<prun::Future<std::int64_t>> futures;
  futures.reserve(static_cast<std::size_t>(count));
  for (std::int64_t n = 0; n < count; ++n) futures.push_back(executor.submit(no_op, n));
  std::int64_t sum = 0;
  for (auto& future : futures) sum += future.result();
  const double seconds = watch.seconds();
  require(sum, count);
  return seconds;
}

double submit_one(std::int64_t count) {
  prun::ProcessPoolExecutor executor{{.max_workers = worker_count()}};
  executor.submit(no_op, std::int64_t{0}).result();
  const Stopwatch watch;
  std::int64_t sum = 0;
  for (std::int64_t n = 0; n < count; ++n) sum += executor.submit(no_op, n).result();
  const double seconds = watch.seconds();
  require(sum, count);
  return seconds;
}

double apply(std::int64_t count, long pause) {
  prun::Pool pool{worker_count()};
  pool.apply(no_op, std::int64_t{0});
  return prun::bench::median_call(static_cast<std::size_t>(count), pause, [&] { pool.apply(no_op, std::int64_t{1}); });
}

constexpr std::size_t large_size = 100'000'000 / sizeof(double);

// The worker has made the result before: to make it is not the pool's work.
double large(std::int64_t count) {
  static std::vector<double> made;
  const auto make = [](int) { made.assign(large_size, 1.5); };
  const auto take = [](int) { return std::move(made); };
  prun::Pool pool{1};
  std::vector<double> seconds;
  for (std::int64_t i = 0; i < count; ++i) {
    pool.apply(make, 0);
    const Stopwatch watch;
    const std::vector<double> result = pool.apply(take, 0);
    seconds.push_back(watch.seconds());
    if (result.size() != large_size || result.back() != 1.5) throw std::logic_error("the result is wrong");
  }
  std::nth_element(seconds.begin(), seconds.begin() + count / 2, seconds.end());
  return seconds[static_cast<std::size_t>(count / 2)];
}

double copy_in_memory(std::int64_t count) {
  const std::vector<double> from(large_size, 1.5);
  return prun::bench::median_call(static_cast<std::size_t>(count), 0, [&] {
    const std::unique_ptr<double[]> to(new double[large_size]);
    std::memcpy(to.get(), from.data(), large_size * sizeof(double));
    if (to[large_size - 1] != 1.5) throw std::logic_error("the copy is wrong");
  });
}

double measure(std::string_view what, std::int64_t count, long pause) {
  if (what == "imap") return imap(count);
  if (what == "map") return map_vector(count);
  if (what == "map_range") return map(count, std::views::iota(std::int64_t{0}, count));
  if (what == "submit") return submit(count);
  if (what == "submit_one") return submit_one(count);
  if (what == "apply") return apply(count, pause);
  if (what == "large") return large(count);
  if (what == "memcpy") return copy_in_memory(count);
  throw std::invalid_argument("the first word may be imap, map, map_range, submit, submit_one, apply, large or memcpy");
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) throw std::invalid_argument("usage: pool_bench WHAT N [PAUSE]");
  const long pause = argc > 3 ? std::strtol(argv[3], nullptr, 10) : 0;
  std::printf("%.9f\n", measure(argv[1], std::strtoll(argv[2], nullptr, 10), pause));
} catch (const std::exception& e) {
  std::fprintf(stderr, "pool_bench: %s\n", e.what());
  return 1;
}
