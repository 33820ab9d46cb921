// Addresses of the caller's stack in what goes to a worker process: they are refused, and nothing else is.
#include "pool_support.hpp"

#include <prun/executor.hpp>
#include <prun/pool.hpp>
#include <prun/thread_pool.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <ranges>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace prun::test;

namespace {

struct View {
  const int* data;
  std::size_t size;
};
std::size_t first(View view) { return view.size; }
int first_of(const std::vector<View>& views) { return static_cast<int>(views.size()); }

int global = 7;

struct Mixed {
  char c;
  double d;
  bool b;
  std::int64_t i;
  bool operator==(const Mixed&) const = default;
};

/// A type of the user with a pointer among its members.
struct Named {
  std::string name;
  std::optional<View> view;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(name, view);
  }
};
std::size_t named_size(const Named& named) { return named.view ? named.view->size : 0; }

/// The same, where its author knows that the address is meant.
struct Trusted : Named {};
struct HasTrusted {
  Trusted trusted;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(trusted);
  }
};

struct NamedCall {
  Named named;
  int operator()(int x) const { return x + static_cast<int>(named_size(named)); }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(named);
  }
};

/// Its serialization fails.
struct Unwritable {
  std::string text;
  template <class Archive>
  void save(Archive&) const {
    throw std::runtime_error("no");
  }
  template <class Archive>
  void load(Archive&) {}
};

}  // namespace

template <>
inline constexpr bool prun::holds_no_addresses<Trusted> = true;

TEST_CASE("a lambda that captures by reference is refused in every mode, and the error says what to do") {
  prun::Pool pool{1};
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  int offset = 5;
  const std::vector inputs{1, 2, 3};
  const auto by_reference = [&offset](int x) { return x + offset; };
  const auto by_pointer = [p = &offset](int x) { return x + *p; };
  const auto by_address_in_the_middle = [a = 1L, p = &offset, b = 2L](int x) { return x + *p + a + b; };
  CHECK_THROWS_AS(pool.map(by_reference, inputs), std::invalid_argument);
  CHECK_THROWS_AS(pool.map(by_reference, std::views::iota(0, 3)), std::invalid_argument);
  CHECK_THROWS_AS(pool.map_async(by_reference, inputs), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(by_reference, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.imap(by_reference, inputs), std::invalid_argument);
  CHECK_THROWS_AS(executor.submit(by_reference, 1), std::invalid_argument);
  CHECK_THROWS_AS(executor.map(by_reference, inputs), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(by_pointer, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(by_address_in_the_middle, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::function<long(int)>(by_reference), 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::bind_front(by_reference), 1), std::invalid_argument);
  try {
    pool.apply(by_reference, 1);
  } catch (const std::invalid_argument& e) {
    const std::string message = e.what();
    CHECK(message.starts_with("prun: "));
    CHECK(message.find("[=]") != std::string::npos);
  }
  CHECK(pool.apply(square, 3) == 9);
  prun::ThreadPool threads{1};
  CHECK(threads.map(by_reference, inputs) == std::vector{6, 7, 8});
}

TEST_CASE("a pointer into the stack within an argument is refused, at any depth") {
  prun::Pool pool{1};
  const std::array<int, 3> numbers{1, 2, 3};
  const View view{numbers.data(), numbers.size()};
  CHECK_THROWS_AS(pool.apply(first, view), std::invalid_argument);
  CHECK_THROWS_AS(pool.map(first, std::vector{view}), std::invalid_argument);
  CHECK_THROWS_AS(pool.imap(first, std::vector{view}).next(), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(first_of, std::vector{view}), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply([](std::optional<View> v) { return v->size; }, std::optional(view)),
                  std::invalid_argument);
  CHECK_THROWS_AS(pool.starmap([](int, View v) { return v.size; }, std::vector{std::pair(1, view)}),
                  std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::bind_front(first, view)), std::invalid_argument);
}

TEST_CASE("a pointer into the stack within a variant is refused") {
  using Either = std::variant<View, std::string>;
  prun::Pool pool{1};
  const std::array<int, 3> numbers{1, 2, 3};
  const Either either(View{numbers.data(), numbers.size()});
  const auto index = [](const Either& e) { return static_cast<int>(e.index()); };
  const auto index_of_second = [](int, const Either& e) { return static_cast<int>(e.index()); };
  CHECK_THROWS_AS(pool.apply(index, either), std::invalid_argument);
  CHECK_THROWS_AS(pool.map(index, std::vector{either}), std::invalid_argument);
  CHECK_THROWS_AS(pool.starmap(index_of_second, std::vector{std::pair(1, either)}), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::bind_front(index, either)), std::invalid_argument);
  CHECK(pool.apply(index, Either("text")) == 1);
  CHECK(pool.apply(index, Either(View{&global, 1})) == 0);
}

TEST_CASE("a pointer into the stack that a serialize function writes is refused") {
  prun::Pool pool{1};
  const std::array<int, 3> numbers{1, 2, 3};
  const Named bad{"bad", View{numbers.data(), numbers.size()}};
  const Named good{"good", View{&global, 1}};
  CHECK_THROWS_AS(pool.apply(named_size, bad), std::invalid_argument);
  CHECK_THROWS_AS(pool.map(named_size, std::vector{good, bad}), std::invalid_argument);
  CHECK_THROWS_AS(pool.imap(named_size, std::vector{bad}).next(), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(std::bind_front(named_size, bad)), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply(NamedCall{bad}, 1), std::invalid_argument);
  CHECK(pool.map(named_size, std::vector{good, Named{"none", {}}}) == std::vector<std::size_t>{1, 0});
  CHECK(pool.apply(NamedCall{good}, 1) == 2);
  CHECK_THROWS_AS(pool.apply([](const Unwritable&) {}, Unwritable{}), prun::ArgumentError);
}

TEST_CASE("a call that is refused for what its serialize function writes is refused before it is submitted") {
  prun::Pool pool{1};
  prun::ProcessPoolExecutor executor{{.max_workers = 1}};
  const std::array<int, 3> numbers{1, 2, 3};
  const Named bad{"bad", View{numbers.data(), numbers.size()}};
  const Named good{"good", {}};
  CHECK_THROWS_AS(static_cast<void>(pool.apply_async(named_size, bad)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(executor.submit(named_size, bad)), std::invalid_argument);
  CHECK_THROWS_AS(static_cast<void>(pool.map_async(named_size, std::vector{good, bad})), std::invalid_argument);
  auto stream = pool.imap(named_size, std::vector{good, bad, good});
  CHECK(stream.next() == 0);
  CHECK_THROWS_AS(stream.next(), std::invalid_argument);
}

TEST_CASE("a serialize function may write the address that a type with holds_no_addresses holds") {
  prun::Pool pool{1};
  const std::array<int, 3> numbers{1, 2, 3};
  const Trusted trusted{{"trusted", View{numbers.data(), numbers.size()}}};
  const auto size = [](const HasTrusted& has) { return named_size(has.trusted); };
  CHECK(pool.apply(size, HasTrusted{trusted}) == 3);
  CHECK(pool.apply([](const Trusted& t) { return named_size(t); }, trusted) == 3);
}

TEST_CASE("a lambda that captures by reference is refused whatever else it captures") {
  prun::Pool pool{1};
  int offset = 5;
  const auto number = static_cast<int>(square(2));
  const auto letter = static_cast<char>(number);
  const bool flag = number != 4;
  const double real = number;
  CHECK_THROWS_AS(pool.apply([&offset, number](int x) { return x + offset + number; }, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply([letter, &offset](int x) { return x + offset + letter; }, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply([&offset, flag](int x) { return flag ? offset : x; }, 1), std::invalid_argument);
  CHECK_THROWS_AS(pool.apply([real, &offset](int x) { return x + offset + real; }, 1), std::invalid_argument);
}

TEST_CASE("a value that resembles an address is not refused") {
  prun::Pool pool{1};
  const auto mixed = [](Mixed m) { return m; };
  for (int round = 0; round < 100; ++round) {
    // Padding holds what was on the stack before; here, addresses of it.
    [[maybe_unused]] volatile std::uintptr_t noise[64];
    for (auto& word : noise) word = reinterpret_cast<std::uintptr_t>(&noise);
    const Mixed value{static_cast<char>(round), 0.5, true, -round};
    REQUIRE(pool.apply(mixed, value) == value);
    const auto closure = [c = static_cast<char>(round), d = 2.0, b = round % 2 == 0](int x) {
      return b ? x + d + c : x;
    };
    REQUIRE(pool.apply(closure, 1) == closure(1));
  }
  CHECK(pool.apply([p = &global](int x) { return x + *p; }, 1) == 8);
  const auto big = std::numeric_limits<std::int64_t>::max();
  CHECK(pool.apply([big](std::int64_t x) { return big - x; }, big) == 0);
  const auto small = std::make_unique<int>(3);
  const auto* const before_the_pool = small.get();
  prun::Pool later{1};
  CHECK(later.apply([before_the_pool](int x) { return x + *before_the_pool; }, 1) == 4);
}

TEST_CASE("allow_addresses sends a callable as it is") {
  int offset = 5;
  prun::Pool pool{1};
  CHECK(pool.map(prun::allow_addresses([&offset](int x) { return x + offset; }), {1, 2}) == std::vector{6, 7});
}
