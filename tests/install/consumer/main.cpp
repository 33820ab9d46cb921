// What a user of the installed library would write. Prints "ok", or what went wrong.
#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <ranges>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

long fib(int n) { return n < 2 ? 1 : fib(n - 1) + fib(n - 2); }
std::pair<int, long> n_fib(int n) { return {n, fib(n)}; }
long ackermann(long m, long n) {
  return m == 0 ? n + 1 : n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

struct Text {
  std::string words;
  std::map<char, int> counts = {};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(words, counts);
  }
};

Text counted(Text text) {
  for (const char c : text.words) ++text.counts[c];
  return text;
}

void expect(bool what, const char* name) {
  if (!what) throw std::runtime_error(name);
}

void use_a_pool() {
  prun::Pool pool{2};
  const std::vector<int> nums{8, 9, 10};
  expect(pool.map(fib, nums) == std::vector<long>{34, 55, 89}, "map");
  expect(pool.starmap(ackermann, std::vector<std::pair<int, int>>{{0, 0}, {2, 4}}) == std::vector<long>{1, 11},
         "starmap");
  long sum = 0;
  for (const long x : pool.imap(fib, std::views::iota(1, 11))) sum += x;
  expect(sum == 231, "imap");
  for (const auto& [n, f] : pool.imap_unordered(n_fib, nums)) expect(f == fib(n), "imap_unordered");
  const prun::AsyncResult<long> result = pool.apply_async(fib, 20);
  expect(result.get() == 10946 && result.successful(), "apply_async");
  expect(pool.apply(counted, Text{"banana"}).counts.at('a') == 3, "a type of one's own");
}

void use_executors() {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  std::vector<prun::Future<long>> futures;
  for (int n = 1; n <= 10; ++n) futures.push_back(executor.submit(fib, n));
  expect(prun::wait(futures, prun::ALL_COMPLETED).done.size() == 10, "wait");
  for (const auto& future : prun::as_completed(futures)) expect(future.result() > 0, "as_completed");
  long next = 1;
  for (const long x : executor.map([](long n) { return n * n; }, std::views::iota(1L, 5L), {.buffersize = 2})) {
    expect(x == next * next, "Executor::map");
    ++next;
  }
  const auto bad = executor.submit([](int x) -> int { throw std::domain_error("not " + std::to_string(x)); }, 3);
  try {
    bad.result();
    throw std::runtime_error("no exception");
  } catch (const std::domain_error& e) {
    expect(std::string_view(e.what()) == "not 3", "an exception's message");
  }
}

void use_threads() {
  prun::ThreadPool pool{2};
  const std::string prefix = "n=";
  const auto texts = pool.map([&prefix](int n) { return std::make_unique<std::string>(prefix + std::to_string(n)); },
                              std::vector{1, 2});
  expect(*texts.at(1) == "n=2", "ThreadPool");
}

}  // namespace

int main() {
  try {
    expect(std::string_view(prun::name_of(prun::FailureKind::lost_signal)) == "lost_signal", "name_of");
    use_a_pool();
    use_executors();
    use_threads();
  } catch (const std::exception& e) {
    std::printf("wrong: %s\n", e.what());
    return 1;
  }
  std::puts("ok");
  return 0;
}
