// What users of the library tried first, one function a subject. Uses no std::views, so that Debian 12's clang compiles it.
// Prints "ok", or what went wrong.
#include <prun/exception.hpp>
#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

struct ParseError : std::runtime_error {
  explicit ParseError(const std::string& what) : std::runtime_error(what) {}
};
PRUN_EXCEPTION(ParseError);

namespace {

struct Point {
  int x = 0;
  double y = 0;
};
struct Shape {
  std::vector<Point> points;
  std::map<std::string, Point> named;
  std::variant<Point, std::string> label;
  std::filesystem::path file;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(points, named, label, file);
  }
};

long square(long x) { return x * x; }

void expect(bool what, const char* name) {
  if (!what) throw std::runtime_error(name);
}

prun::Pool pool_of_the_program{
    1};  // starts its worker before `main`, and perhaps before the library's own static variables

void use_a_static_pool() { expect(pool_of_the_program.apply(square, 3L) == 9, "a static pool"); }

void read_a_stream_after_the_end() {
  const std::vector<long> inputs(10'000, 3);
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  auto results = executor.map(square, inputs);
  executor.shutdown();
  long sum = 0;
  for (const long x : results) sum += x;
  expect(sum == 90'000, "a stream after shutdown");

  prun::Pool pool{2};
  auto lazy = pool.imap(square, inputs);
  pool.close();
  pool.join();
  for (const long x : lazy) sum -= x;
  expect(sum == 0, "a stream after close and join");
}

void capture() {
  prun::Pool pool{2};
  int offset = 5;
  try {
    pool.map([&offset](int x) { return x + offset; }, {1, 2, 3});
    throw std::logic_error("a capture by reference was not refused");
  } catch (const std::invalid_argument&) {
  }
  expect(pool.map([offset](int x) { return x + offset; }, {1, 2, 3}) == std::vector{6, 7, 8}, "a capture by value");
  const auto prefixed =
      std::bind_front([](const std::string& prefix, int x) { return prefix + std::to_string(x); }, std::string("n="));
  expect(pool.map(prefixed, {1, 2}) == std::vector<std::string>{"n=1", "n=2"}, "std::bind_front with a string");
  const std::function<int(int)> function = [](int x) { return x + 1; };
  expect(pool.apply(function, 1) == 2, "std::function");
}

void callbacks_come_first() {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  for (int i = 0; i < 100; ++i) {
    std::atomic<int> called = 0;
    const auto future = executor.submit(square, i);
    future.add_done_callback([&called](const auto&) { ++called; });
    future.result();
    expect(called == 1, "a callback before result() returns");
  }
}

void seeds_differ() {
  prun::ProcessPoolExecutor executor{{.max_workers = 2, .seed = 1}};
  std::set<std::uint64_t> seeds;
  for (int i = 0; i < 8; ++i) seeds.insert(executor.submit([] { return prun::current_task()->seed(); }).result());
  expect(seeds.size() == 8, "seeds of eight futures");
}

void types() {
  prun::Pool pool{1};
  const std::vector<Point> points{{1, 0.5}, {2, 1.5}};
  expect(pool.apply([](std::vector<Point> p) { return p; }, points).at(1).x == 2, "a vector of structs");
  const Shape shape{points, {{"a", {3, 4}}}, Point{5, 6}, "/tmp"};
  expect(pool.apply([](Shape s) { return s; }, shape).named.at("a").x == 3, "structs within a serialized one");
  const std::map<std::string, int> ages{{"a", 1}, {"b", 2}};
  expect(pool.map([](const std::pair<std::string, int>& e) { return e.second; }, ages) == std::vector{1, 2}, "a map");
}

template <class Expected, class F>
void expect_thrown(prun::Pool& pool, F function, const char* name) {
  try {
    pool.apply(function);
  } catch (const Expected&) {
    return;
  } catch (...) {
  }
  throw std::runtime_error(name);
}

void exceptions() {
  prun::Pool pool{1};
  try {
    pool.apply([] { throw std::system_error(2, std::generic_category()); });
  } catch (const std::system_error& e) {
    expect(e.code() == std::errc::no_such_file_or_directory, "the code of a system_error");
  }
  expect_thrown<std::bad_optional_access>(
      pool, [] { std::optional<int>().value(); }, "bad_optional_access");
  expect_thrown<ParseError>(
      pool, [] { throw ParseError("x"); }, "a registered exception");
  struct Unregistered : std::logic_error {
    using std::logic_error::logic_error;
  };
  expect_thrown<std::logic_error>(
      pool, [] { throw Unregistered("x"); }, "the base of an exception");
}

void mixed_futures() {
  prun::ProcessPoolExecutor executor{{.max_workers = 2}};
  const auto number = executor.submit(square, 3);
  const auto text = executor.submit([](int x) { return std::to_string(x); }, 4);
  expect(prun::wait({number, text}).done.size() == 2, "futures of two types");
  int count = 0;
  for (const auto& future : prun::as_completed({number, text})) count += future.done() ? 1 : 0;
  expect(count == 2, "as_completed of two types");
  const std::unordered_map<prun::Future<long>, int> names{{number, 1}};
  expect(names.at(number) == 1, "std::hash of a future");
  for (const auto done : executor.map([](int) {}, {1, 2})) static_cast<void>(done);
  const std::vector<int> ones(3, 1);
  int sum = 0;
  for (const int x : executor.map([](int a, int b, int c, int d) { return a + b + c + d; }, ones, ones, ones, ones)) {
    sum += x;
  }
  expect(sum == 12, "four inputs");
  std::vector<prun::Pool> pools;
  pools.emplace_back(1);
  pools.emplace_back(1);
  expect(pools.front().apply(square, 2) == 4, "a pool that was moved");
}

}  // namespace

int main() {
  try {
    use_a_static_pool();
    read_a_stream_after_the_end();
    capture();
    callbacks_come_first();
    seeds_differ();
    types();
    exceptions();
    mixed_futures();
  } catch (const std::exception& e) {
    std::printf("wrong: %s\n", e.what());
    return 1;
  }
  std::puts("ok");
  return 0;
}
