#include "dispatch/stored_chunk.hpp"

#include <cstring>

namespace prun::dispatch {

using ring::Chunk;
using ring::PayloadKind;

std::string_view payload_of(const Chunk& chunk, const ring::Arena& arena) {
  switch (chunk.kind) {
    case PayloadKind::inline_items: return {reinterpret_cast<const char*>(chunk.data), chunk.size};
    case PayloadKind::arena_items: return {reinterpret_cast<const char*>(arena.at(chunk.place.offset)), chunk.size};
    case PayloadKind::inline_range: return {reinterpret_cast<const char*>(&chunk.range.callable), chunk.size};
    case PayloadKind::arena_range: return {reinterpret_cast<const char*>(arena.at(chunk.range.callable)), chunk.size};
  }
  return {};
}

void move_items(Chunk& chunk, std::uint64_t offset, ring::Arena& arena) {
  std::memcpy(arena.at(offset), chunk.data, chunk.size);
  chunk.kind = PayloadKind::arena_items;
  chunk.place = {offset, 0};
}

}  // namespace prun::dispatch
