// Small rings for tests: few slots, one page of results a worker, so that every lap and every edge is near.
#pragma once

#include "ring/region.hpp"
#include "ring/task_ring.hpp"

#include <cstdint>

namespace prun::test {

inline ring::Region small_region(std::uint32_t workers = 2, std::uint32_t slots = 4) {
  ring::Geometry geometry;
  geometry.workers = workers;
  geometry.slots = slots;
  geometry.result_bytes = 4096;
  geometry.arena_bytes = std::size_t{4} << 20;
  return ring::Region(geometry);
}

/// A chunk that can be told from others.
inline ring::Chunk numbered(std::uint32_t id) {
  ring::Chunk chunk;
  chunk.id = id;
  chunk.count = 1;
  return chunk;
}

/// Claims and frees at once; the chunk's id, or -1 where there is none.
inline std::int64_t take(ring::TaskRing& tasks, std::uint32_t worker) {
  const auto claim = tasks.claim(worker);
  if (!claim) return -1;
  const std::int64_t id = claim->chunk->id;
  tasks.vacate(claim->ticket);
  return id;
}

}  // namespace prun::test
