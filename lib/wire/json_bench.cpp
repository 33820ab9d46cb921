// Measures the cost of JSON for a task: parsing to a value, and printing.
#include "wire/json.hpp"

#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

namespace prun::wire {
namespace {

constexpr std::string_view task = R"({"function": "identity", "args": [12345, "text", 1.5], "id": "a-7"})";

void parse(benchmark::State& state) {
  std::string value;
  for (auto _ : state) {
    value.clear();
    benchmark::DoNotOptimize(parse_json(task, value));
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(task.size()));
}
BENCHMARK(parse);

void print(benchmark::State& state) {
  std::string value;
  static_cast<void>(parse_json(task, value));
  std::string text;
  for (auto _ : state) {
    text.clear();
    append_json(text, value);
    benchmark::DoNotOptimize(text.data());
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(task.size()));
}
BENCHMARK(print);

}  // namespace
}  // namespace prun::wire

BENCHMARK_MAIN();
