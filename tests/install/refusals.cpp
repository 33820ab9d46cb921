// Calls that cannot compile, one for each CASE; refusals_test.cmake looks at what the compiler says. CASE 0 compiles.
#include <prun/executor.hpp>
#include <prun/pool.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace {

struct NoDefault {
  explicit NoDefault(std::string s) : text(std::move(s)) {}
  std::string text;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(text);
  }
};
struct Unserialized {
  std::string text;
};
struct HoldsUnserialized {
  std::vector<Unserialized> all;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(all);
  }
};

[[maybe_unused]] int any(const auto&) { return 0; }
template <class T>
int take(const T&) {
  return 0;
}

}  // namespace

int main() {
  prun::Pool pool{1};
  [[maybe_unused]] const std::string text = "text";
  [[maybe_unused]] const std::vector<int> numbers{1, 2};
#if CASE == 0
  pool.map([](int x) { return x; }, numbers);
#elif CASE == 1   // accept the item
  pool.map([](const std::string& s) { return s.size(); }, numbers);
#elif CASE == 2   // accept the item
  for (const int x : pool.imap([](int& y) { return y; }, numbers)) static_cast<void>(x);
#elif CASE == 3   // accept the arguments
  pool.apply([](int a, int b) { return a + b; }, 1);
#elif CASE == 4   // a view
  pool.apply(take<std::optional<std::string_view>>, std::optional<std::string_view>());
#elif CASE == 5   // a view
  pool.map(take<std::span<const int>>, std::vector<std::span<const int>>());
#elif CASE == 6   // a pointer to data
  pool.apply(take<std::map<std::string, int*>>, std::map<std::string, int*>());
#elif CASE == 7   // a reference
  pool.apply([](int) { return 0; }, std::ref(numbers.front()));
#elif CASE == 8   // cannot be turned into bytes
  pool.apply(take<std::variant<int, Unserialized>>, std::variant<int, Unserialized>());
#elif CASE == 9   // cannot be turned into bytes
  pool.apply(take<HoldsUnserialized>, HoldsUnserialized());
#elif CASE == 10  // default constructor
  pool.apply(take<NoDefault>, NoDefault("x"));
#elif CASE == 11  // cannot be turned into bytes
  pool.apply([] { return Unserialized(); });
#elif CASE == 12  // this callable cannot go to another process
  pool.map([text](int x) { return text.size() + static_cast<std::size_t>(x); }, numbers);
#elif CASE == 13  // std::bind
  pool.map(std::bind(take<std::string>, text), numbers);
#elif CASE == 14  // std::ref
  const auto function = [](int x) { return x; };
  pool.map(std::ref(function), numbers);
#elif CASE == 15  // a reference
  pool.map(std::bind_front([](const std::string& s, int x) { return s.size() + static_cast<std::size_t>(x); },
                           std::ref(text)),
           numbers);
#elif CASE == 16  // a view
  pool.starmap([](std::string_view s, int x) { return static_cast<int>(s.size()) + x; },
               std::vector<std::pair<std::string_view, int>>());
#elif CASE == 17  // accept the arguments
  prun::ProcessPoolExecutor executor;
  executor.submit([x = 1]() mutable { return ++x; });
#elif CASE == 18  // accept the item
  pool.map_async([](const std::string& s) { return s.size(); }, numbers);
#endif
}
