// Arguments and results on their way between processes: user types, containers, what cannot be copied, what is huge,
// and what refuses.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <ranges>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

using namespace prun::test;

namespace {

struct Particle {
  std::string name;
  std::map<std::string, int> counts;
  std::optional<double> weight;
  std::vector<std::pair<int, std::string>> history;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(name, counts, weight, history);
  }
  friend bool operator==(const Particle&, const Particle&) = default;
};

struct Plain {
  int a;
  double b;
  char c[3];
};

/// Refuses to be written, or read.
struct Stubborn {
  bool when_written = false;
  bool when_read = false;
  std::string text = {};

  template <class Archive>
  void save(Archive& archive) const {
    if (when_written) throw std::runtime_error("will not be written");
    archive(when_written, when_read, text);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(when_written, when_read, text);
    if (when_read) throw std::runtime_error("will not be read");
  }
};

/// Throws what is no std::exception.
struct Odd {
  std::string text;
  template <class Archive>
  void save(Archive&) const {
    throw 7;
  }
  template <class Archive>
  void load(Archive&) {}
};

/// Counts how often this process has serialized a value.
struct Counted {
  static inline int writes = 0;
  std::string text;

  template <class Archive>
  void save(Archive& archive) const {
    ++writes;
    archive(text);
  }
  template <class Archive>
  void load(Archive& archive) {
    archive(text);
  }
};
std::size_t length_of_counted(const Counted& counted) { return counted.text.size(); }
std::size_t length_of_both(const Counted& a, const Counted& b) { return a.text.size() + b.text.size(); }

struct CountedCall {
  Counted counted;
  std::size_t operator()(int x) const { return counted.text.size() + static_cast<std::size_t>(x); }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(counted);
  }
};

/// How often this process serializes values while `body` runs.
template <class Body>
int writes_in(Body body) {
  Counted::writes = 0;
  body();
  return Counted::writes;
}

std::size_t length(const Stubborn& s) { return s.text.size(); }

template <class T>
T same(T x) {
  return x;
}

}  // namespace

TEST_CASE("user types, nested containers and optionals cross both ways") {
  prun::Pool pool{2};
  const Particle particle{"p", {{"a", 1}, {"b", 2}}, 0.5, {{1, "x"}}};
  CHECK(pool.apply(same<Particle>, particle) == particle);
  CHECK(pool.map(same<Particle>, std::vector<Particle>(5, particle), {.chunksize = 2}) ==
        std::vector<Particle>(5, particle));
  using Nested = std::map<std::string, std::vector<std::optional<std::set<int>>>>;
  const Nested nested{{"x", {std::nullopt, std::set{1, 2}}}, {"", {}}};
  CHECK(pool.apply(same<Nested>, nested) == nested);
  using Either = std::variant<int, std::string>;
  CHECK(pool.map(same<Either>, std::list<Either>{1, "two"}) == std::vector<Either>{1, "two"});
}

TEST_CASE("the caller's process serializes each argument once") {
  prun::Pool pool{2};
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const Counted one{"one"};
  const std::vector<Counted> three{{"1"}, {"2"}, {"3"}};
  const std::vector<std::pair<Counted, Counted>> pairs(2, {one, one});
  const auto drain = [](auto stream) {
    while (stream.next()) {
    }
  };
  CHECK(writes_in([&] { CHECK(pool.apply(length_of_counted, one) == 3); }) == 1);
  CHECK(writes_in([&] { CHECK(pool.apply(length_of_both, one, one) == 6); }) == 2);
  CHECK(writes_in([&] { CHECK(pool.apply_async(length_of_counted, one).get() == 3); }) == 1);
  CHECK(writes_in([&] { CHECK(executor.submit(length_of_counted, one).result() == 3); }) == 1);
  CHECK(writes_in([&] { CHECK(pool.map(length_of_counted, three).size() == 3); }) == 3);
  CHECK(writes_in([&] { CHECK(pool.map_async(length_of_counted, three).get().size() == 3); }) == 3);
  CHECK(writes_in([&] { CHECK(pool.starmap(length_of_both, pairs).size() == 2); }) == 4);
  CHECK(writes_in([&] { drain(pool.imap(length_of_counted, three)); }) == 3);
  CHECK(writes_in([&] { drain(pool.imap_unordered(length_of_counted, three)); }) == 3);
  CHECK(writes_in([&] { drain(executor.map(length_of_both, three, three)); }) == 6);
}

TEST_CASE("the caller's process serializes a callable once, however many items it is called for") {
  prun::Pool pool{2};
  const CountedCall call{{"one"}};
  CHECK(writes_in([&] { CHECK(pool.apply(call, 1) == 4); }) == 1);
  CHECK(writes_in([&] { CHECK(pool.map(call, {1, 2, 3}, {.chunksize = 1}).back() == 6); }) == 1);
  CHECK(writes_in([&] { CHECK(pool.apply(std::bind_front(call), 1) == 4); }) == 1);
  CHECK(writes_in([&] { CHECK(pool.apply(std::bind_front(length_of_both, call.counted), call.counted) == 6); }) == 2);
}

TEST_CASE("trivially copyable types and tuples cross both ways") {
  prun::Pool pool{1};
  const auto plain = pool.apply(same<Plain>, Plain{1, 2.5, {'a', 'b', 'c'}});
  CHECK(plain.a == 1);
  CHECK(plain.b == 2.5);
  CHECK(std::string_view(plain.c, 3) == "abc");
  using Mixed = std::tuple<int, std::string, std::pair<bool, std::vector<char>>>;
  const Mixed mixed{1, std::string("a\0b", 3), {true, {'x'}}};
  CHECK(pool.apply(same<Mixed>, mixed) == mixed);
  CHECK(pool.apply(same<std::optional<int>>, std::optional<int>{}) == std::nullopt);
}

TEST_CASE("move-only types can be arguments and results") {
  prun::Pool pool{1};
  const auto increase = [](std::unique_ptr<int> x) {
    ++*x;
    return x;
  };
  CHECK(*pool.apply(increase, std::make_unique<int>(1)) == 2);
  std::vector<std::unique_ptr<int>> inputs;
  for (int i = 0; i < 3; ++i) inputs.push_back(std::make_unique<int>(i));
  const auto results = pool.map(increase, inputs);
  CHECK(*results.at(2) == 3);
  const auto moved = std::views::transform([](std::unique_ptr<int>& p) { return std::move(p); });
  for (auto&& x : pool.imap(increase, inputs | moved)) CHECK(*x >= 1);
}

TEST_CASE("strings of 100 MB cross both ways") {
  prun::Pool pool{1};
  const std::string huge(100'000'000, 'x');
  const auto result = pool.apply([](std::string s) { return std::move(s) + "y"; }, huge);
  CHECK(result.size() == huge.size() + 1);
  CHECK(std::string_view(result).substr(0, huge.size()) == huge);
  CHECK(result.back() == 'y');
}

TEST_CASE("large arguments and results cross in every mode, more of them than the rings hold") {
  prun::Pool pool{2};
  const std::vector<std::string> inputs(40, std::string(1'000'000, 'z'));
  const auto grow = [](std::string s) { return s + s; };
  std::size_t total = 0;
  for (const auto& s : pool.imap(grow, inputs)) total += s.size();
  for (const auto& s : pool.imap_unordered(grow, inputs, {.chunksize = 3})) total += s.size();
  for (const auto& s : pool.map(grow, inputs)) total += s.size();
  CHECK(total == 3 * 40 * 2'000'000);
}

TEST_CASE("an argument that cannot be written is that call's error, twenty times over") {
  const Semaphore begun, go;
  prun::Pool pool{2};
  const auto pids = pids_of_all(pool, begun.handle(), go.handle(), 2);
  for (int i = 0; i < 20; ++i) {
    const auto result = pool.apply_async(length, Stubborn{.when_written = true});
    CHECK_THROWS_WITH_AS(result.get(), "the argument cannot be written: will not be written", prun::ArgumentError);
  }
  CHECK_THROWS_AS(pool.apply([](const Odd&) {}, Odd{}), prun::ArgumentError);
  CHECK(pool.apply(length, Stubborn{.text = "fine"}) == 4);
  const auto after = pids_of_all(pool, begun.handle(), go.handle(), 2);
  CHECK(std::set<int>(pids.begin(), pids.end()) == std::set<int>(after.begin(), after.end()));
}

TEST_CASE("an argument that cannot be read, or a result that cannot be written or read, is that call's error") {
  const Semaphore begun, go;
  prun::Pool pool{2};
  const auto pids = pids_of_all(pool, begun.handle(), go.handle(), 2);
  const auto make = [](bool write, bool read) { return Stubborn{write, read, "made"}; };
  for (int i = 0; i < 20; ++i) {
    CHECK_THROWS_WITH_AS(pool.apply(length, Stubborn{.when_read = true}),
                         "the argument cannot be read: will not be read", prun::ArgumentError);
    CHECK_THROWS_WITH_AS(pool.apply(make, true, false), "the result cannot be written: will not be written",
                         prun::SerializationError);
    CHECK_THROWS_WITH_AS(pool.apply(make, false, true), "the result cannot be read: will not be read",
                         prun::SerializationError);
  }
  const auto after = pids_of_all(pool, begun.handle(), go.handle(), 2);
  CHECK(std::set<int>(pids.begin(), pids.end()) == std::set<int>(after.begin(), after.end()));
}

TEST_CASE("in a map, items that cannot be written fail by themselves") {
  prun::Pool pool{2};
  std::vector<Stubborn> inputs(10);
  for (std::size_t i = 0; i < inputs.size(); ++i) inputs[i].text = std::string(i, '.');
  for (const std::size_t bad : {0u, 4u, 5u, 9u}) inputs[bad].when_written = true;
  for (const int chunksize : {1, 3, 10}) {
    CAPTURE(chunksize);
    CHECK_THROWS_AS(pool.map(length, inputs, {.chunksize = chunksize}), prun::ArgumentError);
    auto results = pool.imap(length, inputs, {.chunksize = chunksize});
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      CAPTURE(i);
      if (inputs[i].when_written) {
        CHECK_THROWS_AS(results.next(), prun::ArgumentError);
      } else {
        CHECK(results.next() == i);
      }
    }
    CHECK(!results.next());
  }
  const std::vector<Stubborn> all_bad(10, Stubborn{.when_written = true});
  CHECK_THROWS_AS(pool.map(length, all_bad), prun::ArgumentError);
}

TEST_CASE("in a chunk, one item that cannot be read does not spoil the next") {
  prun::Pool pool{1};
  std::vector<Stubborn> inputs(4);
  inputs[1].when_read = true;
  inputs[3].text = "end";
  auto results = pool.imap(length, inputs, {.chunksize = 4});
  CHECK(results.next() == 0);
  CHECK_THROWS_AS(results.next(), prun::ArgumentError);
  CHECK(results.next() == 0);
  CHECK(results.next() == 3);
}

TEST_CASE("a future whose argument cannot be written is done, with that exception") {
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const auto future = executor.submit(length, Stubborn{.when_written = true});
  CHECK(future.done());
  CHECK(!future.cancelled());
  CHECK_THROWS_AS(std::rethrow_exception(future.exception()), prun::ArgumentError);
}

namespace {

struct Point {
  int x = 0;
  double y = 0;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Shape {
  std::vector<Point> corners;
  Point center;
  std::map<std::string, Point> named;
  std::variant<Point, std::string> label;
  std::optional<Point> mark;
  std::filesystem::path file;
  std::unique_ptr<Point> owned;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(corners, center, named, label, mark, file, owned);
  }
};

struct Base {
  int kind = 1;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(kind);
  }
};
struct Derived : Base {
  Point point;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(cereal::base_class<Base>(this), cereal::make_nvp("point", point));
  }
};

}  // namespace

TEST_CASE("trivially copyable types cross at any depth") {
  prun::Pool pool{1};
  const std::vector<Point> points{{1, 0.5}, {2, 1.5}};
  CHECK(pool.apply(same<std::vector<Point>>, points) == points);
  const std::map<std::string, std::vector<Point>> named{{"a", points}, {"b", {}}};
  CHECK(pool.apply(same<std::map<std::string, std::vector<Point>>>, named) == named);
  using Either = std::variant<Point, std::string>;
  CHECK(pool.map(same<Either>, std::vector<Either>{Point{3, 4}, "text"}) == std::vector<Either>{Point{3, 4}, "text"});
  CHECK(pool.apply(same<std::filesystem::path>, std::filesystem::path("/a/b")) == "/a/b");
  CHECK(pool.apply(same<std::vector<std::filesystem::path>>, std::vector<std::filesystem::path>{"x", ""}).front() ==
        "x");
  CHECK(pool.apply(same<std::unordered_map<int, Point>>, std::unordered_map<int, Point>{{1, {2, 3}}}).at(1) ==
        Point{2, 3});
  CHECK(pool.apply(same<std::optional<std::vector<Point>>>, std::optional(points)) == points);
  CHECK(pool.apply(same<std::vector<bool>>, std::vector{true, false}) == std::vector{true, false});
}

TEST_CASE("plain structs within serialized ones cross, and what cereal offers inside of them") {
  prun::Pool pool{1};
  Shape shape{
      {{1, 2}}, {3, 4}, {{"n", {5, 6}}}, Point{7, 8}, Point{9, 10}, "/tmp/x", std::make_unique<Point>(Point{11, 12})};
  const Shape back = pool.apply([](Shape s) { return s; }, std::move(shape));
  CHECK(back.corners == std::vector{Point{1, 2}});
  CHECK(back.center == Point{3, 4});
  CHECK(back.named.at("n") == Point{5, 6});
  CHECK(std::get<Point>(back.label) == Point{7, 8});
  CHECK(back.mark == Point{9, 10});
  CHECK(back.file == "/tmp/x");
  CHECK(*back.owned == Point{11, 12});
  Derived derived;
  derived.kind = 5;
  derived.point = {1, 2};
  const auto [kind, point] = pool.apply([](Derived d) { return std::pair(d.kind, d.point); }, derived);
  CHECK(kind == 5);
  CHECK(point == Point{1, 2});
}

TEST_CASE("the elements of a map are inputs") {
  prun::Pool pool{2};
  const std::map<std::string, int> ages{{"a", 1}, {"b", 2}};
  CHECK(pool.map([](const std::pair<std::string, int>& e) { return e.second; }, ages) == std::vector{1, 2});
  CHECK(pool.starmap([](const std::string& name, int age) { return name + std::to_string(age); }, ages) ==
        std::vector<std::string>{"a1", "b2"});
  std::vector<int> all;
  for (const int age : pool.imap([](const std::pair<const std::string, int>& e) { return e.second; }, ages))
    all.push_back(age);
  CHECK(all == std::vector{1, 2});
}
