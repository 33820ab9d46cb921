// A plugin of two sources, for tests: each kind of type, state, context, and ways to fail.
#include <prun/function.hpp>

#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

struct Point {
  double x = 0;
  double y = 0;
};

template <>
struct prun::plugin::Codec<Point> {
  static constexpr std::uint32_t type = PRUN_ARRAY;
  static std::string describe() { return "point"; }
  static Point read(Reader& reader) {
    const auto [x, y] = Codec<std::pair<double, double>>::read(reader);
    return {x, y};
  }
  static void write(Writer& writer, const Point& p) { Codec<std::pair<double, double>>::write(writer, {p.x, p.y}); }
};

namespace {

PRUN_FUNCTION(
    mirrored,
    [](const std::vector<Point>& points) {
      std::vector<Point> mirrored;
      for (const Point& p : points) mirrored.push_back({p.y, p.x});
      return mirrored;
    },
    "a type of its own", "points");

long steps(long n) {
  long count = 0;
  for (; n > 1; ++count) n = n % 2 == 0 ? n / 2 : 3 * n + 1;
  return count;
}
PRUN_FUNCTION(steps, steps, "steps until n is 1", "n");

// Only what fits comes through.
template <class T>
T same(const T& value) {
  return value;
}
PRUN_FUNCTION(int8, same<std::int8_t>, "", "n");
PRUN_FUNCTION(uint8, same<std::uint8_t>, "", "n");
PRUN_FUNCTION(int16, same<std::int16_t>, "", "n");
PRUN_FUNCTION(uint16, same<std::uint16_t>, "", "n");
PRUN_FUNCTION(int32, same<std::int32_t>, "", "n");
PRUN_FUNCTION(uint32, same<std::uint32_t>, "", "n");
PRUN_FUNCTION(int64, same<std::int64_t>, "", "n");
PRUN_FUNCTION(uint64, same<std::uint64_t>, "", "n");
PRUN_FUNCTION(float32, same<float>, "", "x");
PRUN_FUNCTION(float64, same<double>, "", "x");
PRUN_FUNCTION(boolean, same<bool>, "", "b");
PRUN_FUNCTION(text, same<std::string>, "", "s");
PRUN_FUNCTION(
    view, [](std::string_view s) { return std::string(s); }, "", "s");
PRUN_FUNCTION(vector, same<std::vector<int>>, "", "v");
PRUN_FUNCTION(flags, same<std::vector<bool>>, "", "v");
using Triple = std::array<std::int16_t, 3>;
PRUN_FUNCTION(triple, same<Triple>, "", "v");
using Scores = std::map<std::string, std::vector<std::optional<int>>>;
PRUN_FUNCTION(scores, same<Scores>, "", "m");
PRUN_FUNCTION(
    counts, [](const std::unordered_map<std::string, int>& m) { return m; }, "", "m");
PRUN_FUNCTION(
    flip, [](std::pair<int, std::string> p) { return std::make_tuple(p.second, p.first, true); }, "", "p");
PRUN_FUNCTION(
    nothing, [] {}, "returns nothing");
PRUN_FUNCTION(
    name_of, [](int n) { return n == 0 ? nullptr : "one"; }, "null or a string", "n");
PRUN_FUNCTION(
    moved, [](std::vector<std::string>&& v) { return std::move(v); }, "", "v");

double power(double base, int exponent) {
  double result = 1;
  for (; exponent > 0; --exponent) result *= base;
  return result;
}
PRUN_FUNCTION(power, power, "base to the exponent", "base", prun::with_default("exponent", 2));
PRUN_FUNCTION(
    greet, [](std::optional<std::string> who, const std::string& word) { return word + ' ' + who.value_or("you"); }, "",
    "who", prun::with_default("word", "hello"));
PRUN_FUNCTION(unnamed, [](int a, int b) { return a - b; });

PRUN_FUNCTION(
    task,
    [](const prun::TaskContext& task, int n) { return std::make_tuple(task.index, task.attempt, task.seed(), n); },
    "what it knows of its task", "n");

struct NoException {};
PRUN_FUNCTION(
    refuse, [](int n) -> int { throw std::domain_error("not " + std::to_string(n)); }, "", "n");
PRUN_FUNCTION(
    refuse_argument, [](int) -> int { throw prun::ArgumentError("n is of no use"); }, "", "n");
PRUN_FUNCTION(throw_other, []() -> int { throw NoException{}; });
PRUN_FUNCTION(
    long_message, [](std::size_t size) -> int { throw std::runtime_error(std::string(size, 'x')); }, "", "size");
PRUN_FUNCTION(crash, [] { std::raise(SIGSEGV); });
PRUN_FUNCTION(
    leave, [](int status) { ::_exit(status); }, "", "status");
PRUN_FUNCTION(
    repeat, [](std::size_t size) { return std::string(size, 'y'); }, "", "size");

}  // namespace
