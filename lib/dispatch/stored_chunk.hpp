// Where the arguments of a chunk lie: in its slot, or in the arena if they are larger than that. It does not know which chunks share
// bytes of the arena, or when they are freed.
#pragma once

#include "ring/arena.hpp"
#include "ring/layout.hpp"

#include <prun/detail/job.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace prun::dispatch {

/// Fills in `chunk` from `spec`, all but its number and flags, and stores the payload.
/// It is inline because it runs for each chunk.
/// @return false if the arena has no room for the payload, or if it is larger than 4 GiB; `chunk` has no bytes then
[[nodiscard]] inline bool store(const detail::ChunkSpec& spec, ring::Chunk& chunk, ring::Arena& arena) {
  using ring::PayloadKind;
  chunk.count = spec.count;
  chunk.entry = reinterpret_cast<std::uint64_t>(spec.entry);
  chunk.first_index = spec.first_index;
  chunk.size = static_cast<std::uint32_t>(spec.payload.size());
  chunk.attempt = static_cast<std::uint16_t>(spec.attempt);
  const std::size_t inline_room = spec.is_range ? sizeof chunk.range.callable : ring::inline_capacity;
  const bool in_slot = spec.payload.size() <= inline_room;
  chunk.kind = spec.is_range ? (in_slot ? PayloadKind::inline_range : PayloadKind::arena_range)
                             : (in_slot ? PayloadKind::inline_items : PayloadKind::arena_items);
  std::byte* target = chunk.data;
  if (spec.is_range) {
    chunk.range = {spec.start, spec.step, 0};
    target = reinterpret_cast<std::byte*>(&chunk.range.callable);
  }
  if (!in_slot) {
    const auto offset = spec.payload.size() > UINT32_MAX ? std::nullopt : arena.allocate(spec.payload.size());
    if (!offset) {
      chunk.kind = PayloadKind::inline_items;
      return false;
    }
    target = arena.at(*offset);
    if (spec.is_range) {
      chunk.range.callable = *offset;
    } else {
      chunk.place = {*offset, 0};
    }
  }
  if (!spec.payload.empty()) std::memcpy(target, spec.payload.data(), spec.payload.size());
  return true;
}

/// The bytes of the callable, then those of the items unless they are a range.
[[nodiscard]] std::string_view payload_of(const ring::Chunk& chunk, const ring::Arena& arena);

[[nodiscard]] inline bool is_in_arena(const ring::Chunk& chunk) noexcept {
  return chunk.kind == ring::PayloadKind::arena_items || chunk.kind == ring::PayloadKind::arena_range;
}
/// The offset of the bytes of a chunk that is in the arena.
[[nodiscard]] inline std::uint64_t place_in_arena(const ring::Chunk& chunk) noexcept {
  return chunk.kind == ring::PayloadKind::arena_items ? chunk.place.offset : chunk.range.callable;
}

/// Moves items from the slot to `offset`, where `chunk.size` bytes are allocated.
void move_items(ring::Chunk& chunk, std::uint64_t offset, ring::Arena& arena);

}  // namespace prun::dispatch
