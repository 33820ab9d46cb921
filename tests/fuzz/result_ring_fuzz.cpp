// The master reads what a damaged worker left in its result ring: never beyond the ring, never without end, and nothing after
// the first thing that is no record. The input is where the worker's tail stands, again and again, then the ring's bytes.
#include "ring/result_ring.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

constexpr std::uint32_t ring_bytes = 4096;

const prun::ring::Region& region() {
  static const prun::ring::Region one({.workers = 1, .slots = 2, .result_bytes = ring_bytes, .arena_bytes = 4096});
  return one;
}

void require(bool holds) {
  if (!holds) std::abort();
}

bool inside(std::string_view payload) {
  const auto* begin = reinterpret_cast<const char*>(region().results(0));
  return payload.data() >= begin && payload.data() + payload.size() <= begin + ring_bytes;
}

/// Reads all there is; true while the ring is sound.
bool drain(prun::ring::ResultConsumer& consumer) {
  prun::ring::Record record{};
  std::uint64_t sum = 0;
  for (std::uint32_t records = 0; consumer.next(record); ++records) {
    require(records <= ring_bytes / sizeof(prun::ring::RecordHeader));
    require(inside(record.payload));
    for (const char c : record.payload) sum += static_cast<unsigned char>(c);
  }
  volatile std::uint64_t looked_at = sum;
  static_cast<void>(looked_at);
  static_cast<void>(consumer.release());
  return !consumer.corrupt();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  prun::ring::WorkerBlock& block = region().worker(0);
  prun::ring::ResultConsumer consumer(region(), 0);
  consumer.reset();
  std::size_t steps = size == 0 ? 0 : std::size_t{*data} % 8;
  std::size_t at = std::min<std::size_t>(size, 1);
  const std::size_t bytes_at = std::min(size, at + steps * 2);
  std::memset(region().results(0), 0, ring_bytes);
  std::memcpy(region().results(0), data + bytes_at, std::min<std::size_t>(size - bytes_at, ring_bytes));
  std::uint64_t tail = 0;
  for (; steps > 0 && at + 2 <= bytes_at; --steps, at += 2) {
    const std::uint64_t step = std::uint64_t{data[at]} | std::uint64_t{data[at + 1]} << 8;
    tail += step % 4 == 3 ? step << 40 : step & ~std::uint64_t{7};  // now and then a tail that cannot be
    block.tail.store(tail);
    if (drain(consumer)) continue;
    block.tail.store(tail + 64);
    require(!drain(consumer));  // once refused, refused for good
    return 0;
  }
  return 0;
}
