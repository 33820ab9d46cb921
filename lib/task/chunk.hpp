// How many tasks a worker takes at a time by default. Sizes that follow the tasks: prun/detail/adaptive_chunks.hpp.
#pragma once

#include <algorithm>
#include <cstdint>

namespace prun {

/// The largest chunk: a worker numbers its items in 32 bits.
inline constexpr std::uint64_t largest_chunk = std::uint64_t{1} << 30;

/// CPython's default for map and starmap (multiprocessing/pool.py, Pool._map_async): divmod(length, workers * 4), plus one
/// if there is a remainder; 1 for no tasks.
[[nodiscard]] constexpr std::uint64_t default_chunksize(std::uint64_t length, std::uint64_t workers) noexcept {
  const std::uint64_t parts = workers * 4;
  const std::uint64_t size = length / parts + (length % parts != 0 ? 1 : 0);
  return std::clamp<std::uint64_t>(size, 1, largest_chunk);
}

}  // namespace prun
