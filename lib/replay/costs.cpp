// See costs.hpp.
#include "replay/costs.hpp"

#include "history/chunk_bounds.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <vector>

namespace prun::replay {
namespace {

using history::ChunkBounds;
using history::HoldUp;

constexpr std::int64_t assumed_per_task = 50;
constexpr std::int64_t assumed_per_chunk = 1'000;

/// Numbers counted by magnitude, in steps of an eighth of an octave: enough for a median, and of constant size.
class Magnitudes {
 public:
  void add(std::int64_t number) {
    ++counts_[place_of(static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0)))];
    ++total_;
    sum_ += static_cast<double>(number);
  }
  [[nodiscard]] std::optional<std::int64_t> mean() const {
    return total_ == 0 ? std::nullopt : std::optional(static_cast<std::int64_t>(sum_ / static_cast<double>(total_)));
  }
  [[nodiscard]] std::optional<std::int64_t> quantile(double part) const {
    if (total_ == 0) return std::nullopt;
    const auto wanted = static_cast<std::uint64_t>(static_cast<double>(total_) * part);
    std::uint64_t before = 0;
    for (std::size_t place = 0; place < counts_.size(); ++place) {
      before += counts_[place];
      if (before > wanted) return number_at(place);
    }
    return number_at(counts_.size() - 1);
  }

 private:
  static std::size_t place_of(std::uint64_t number) noexcept {
    if (number < 8) return static_cast<std::size_t>(number);
    const auto octave = static_cast<std::size_t>(std::bit_width(number)) - 1;
    return octave * 8 + static_cast<std::size_t>(number >> (octave - 3U) & 7U) - 16;
  }
  static std::int64_t number_at(std::size_t place) noexcept {
    if (place < 8) return static_cast<std::int64_t>(place);
    const std::size_t octave = (place + 16) / 8;
    return static_cast<std::int64_t>((8 + (place + 16) % 8) << (octave - 3));
  }

  std::array<std::uint64_t, 512> counts_{};
  std::uint64_t total_ = 0;
  double sum_ = 0;
};

/// When something held the run back.
class HoldUps {
 public:
  explicit HoldUps(const history::History& history) {
    history.for_each_hold_up([this](const HoldUp& hold_up) { all_.push_back(hold_up); });
  }
  /// @param place where the search begins; is set to the first hold-up behind `from`. The times of a worker only grow.
  [[nodiscard]] bool held_back_between(std::int64_t from, std::int64_t to, std::size_t& place) const {
    if (place > 0 && all_[place - 1].time > from) place = 0;
    while (place < all_.size() && all_[place].time <= from) ++place;
    if (place > 0 && holds(all_[place - 1])) return true;
    for (std::size_t next = place; next < all_.size() && all_[next].time <= to; ++next) {
      if (holds(all_[next])) return true;
    }
    return false;
  }

 private:
  static bool holds(const HoldUp& hold_up) noexcept { return hold_up.reason != HeldBack::Reason::nothing; }

  std::vector<HoldUp> all_;
};

/// The attempt is of the same chunk as the task before it on its worker. Where nothing is known of chunks, neighbours are.
bool are_together(const ChunkBounds& chunks, std::uint64_t before, const history::Attempt& attempt) {
  if (attempt.attempt != 1 || attempt.index != before + 1) return false;
  if (chunks.empty()) return true;
  const auto chunk = chunks.chunk_of(attempt);
  return chunk && chunk->first_index != attempt.index;
}

}  // namespace

Costs measure_costs(const history::History& history) {
  struct Last {
    bool known = false;
    std::uint64_t index = 0;
    std::int64_t end = 0;
    std::size_t hold_up = 0;
  };
  const ChunkBounds chunks(history);
  const HoldUps hold_ups(history);
  std::vector<Last> last_of(history.worker_count());
  Magnitudes tasks;
  Magnitudes between_chunks;
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started || attempt.worker >= last_of.size()) return;
    Last& last = last_of[attempt.worker];
    const std::int64_t gap = *attempt.started - last.end;
    if (last.known && gap >= 0) {
      const bool together = are_together(chunks, last.index, attempt);
      if (together || !hold_ups.held_back_between(last.end, *attempt.started, last.hold_up))
        (together ? tasks : between_chunks).add(gap);
    }
    last.known = true;
    last.index = attempt.index;
    last.end = attempt.ended();
  });
  Costs costs;
  const auto typical = [&](const Magnitudes& gaps) { return chunks.empty() ? gaps.quantile(0.5) : gaps.mean(); };
  costs.per_task = typical(tasks).value_or(assumed_per_task);
  costs.per_chunk = std::max(typical(between_chunks).value_or(assumed_per_chunk), costs.per_task);
  return costs;
}

}  // namespace prun::replay
