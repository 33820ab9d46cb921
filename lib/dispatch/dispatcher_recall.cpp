// The part of Dispatcher that takes back what workers have not begun, for those that have nothing to do (ring/share.hpp).
#include "dispatch/dispatcher.hpp"
#include "dispatch/stored_chunk.hpp"

#include <algorithm>
#include <functional>
#include <utility>

namespace prun::dispatch {

using ring::PayloadKind;

// Some worker has nothing to do, and there is nothing to hand out. It gets half of what another has not begun: of the chunk with
// the most expected work, or of the next where that one has nothing left.
std::uint64_t Dispatcher::split_chunks() {
  std::uint64_t published = 0;
  while (in_flight_ < limits_.workers && backend_->has_room()) {
    std::vector<std::pair<double, std::uint32_t>> candidates;
    for (const InFlight& entry : entries_) {
      if (entry.job == nullptr || !entry.published || (entry.chunk.flags & ring::flag_recallable) == 0) continue;
      const double left = entry.chunk.count - entry.next_item;
      candidates.emplace_back(left * std::max(entry.job->adaptive->mean_ns(), 1.0), entry.chunk.id);
    }
    recallable_ = !candidates.empty();
    std::sort(candidates.begin(), candidates.end(), std::greater<>());
    if (std::none_of(candidates.begin(), candidates.end(), [this](const auto& one) { return split(one.second); }))
      break;
    ++published;
  }
  return published;
}

/// Returns false if nothing of the chunk can be taken back.
bool Dispatcher::split(std::uint32_t id) {
  InFlight& entry = entries_[id];
  if (entry.next_item == entry.chunk.count || !entry.job->may_split()) return false;
  // Items in the slot need another place, where two chunks can refer to them.
  std::optional<std::uint64_t> place;
  if (entry.chunk.kind == PayloadKind::inline_items) {
    place = arena_->allocate(entry.chunk.size);
    if (!place) return false;
  }
  const auto end = backend_->recall(entry.ticket, entry.next_item);
  if (place && end) {
    move_items(entry.chunk, *place, *arena_);
    entry.sharer = id;
  } else if (place) {
    arena_->free(*place, entry.chunk.size);
  }
  if (!end || *end >= entry.chunk.count) return false;
  give_rest(id, std::max(*end, entry.next_item));
  return true;
}

/// Publishes the items from `end` on as a chunk of their own.
void Dispatcher::give_rest(std::uint32_t id, std::uint32_t end) {
  const std::uint32_t rest_id = new_entry(*entries_[id].job);
  InFlight& entry = entries_[id];
  InFlight& rest = entries_[rest_id];
  rest.chunk = entry.chunk;
  rest.chunk.id = rest_id;
  if (entry.chunk.kind != PayloadKind::inline_range) rest.sharer = std::exchange(entry.sharer, rest_id);
  entry.chunk.count = end;
  rest.next_item = end;
  static_cast<void>(trim(rest));  // needs memory for items in the slot only
  publish_rest(rest_id);
  if (entry.next_item == end) finish(entry);
}

}  // namespace prun::dispatch
