// Measures the rings without contention: the lower bound for the cost of a task.
#include "ring/region.hpp"
#include "ring/result_ring.hpp"
#include "ring/task_ring.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>

namespace prun::ring {
namespace {

void publish_claim_vacate(benchmark::State& state) {
  const Region region{Geometry{}};
  TaskRing master(region);
  TaskRing worker(region);
  const Chunk chunk;
  for (auto _ : state) {
    benchmark::DoNotOptimize(master.publish(chunk));
    const auto claim = worker.claim(0);
    worker.vacate(claim->ticket);
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(publish_claim_vacate);

void result_there(benchmark::State& state) {
  const Region region{Geometry{}};
  ResultProducer producer(region, 0);
  ResultConsumer consumer(region, 0);
  const std::int64_t value = 1;
  Record record;
  for (auto _ : state) {
    std::byte* place = producer.begin({sizeof value, RecordKind::value, 0, Timed::no, 0, 0, 0}, nullptr);
    std::memcpy(place, &value, sizeof value);
    producer.commit();
    benchmark::DoNotOptimize(consumer.next(record));
    benchmark::DoNotOptimize(consumer.release());
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(result_there);

}  // namespace
}  // namespace prun::ring

BENCHMARK_MAIN();
