// See costs.hpp.
#include "replay/costs.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>
#include <unordered_map>
#include <vector>

namespace prun::replay {
namespace {

using history::ChunkRun;
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
    const auto octave = static_cast<unsigned>(std::bit_width(number)) - 1;
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

/// Where chunks begin.
class ChunkStarts {
 public:
  explicit ChunkStarts(const history::History& history) {
    history.for_each_chunk_run([this](const ChunkRun& run) { runs_.push_back(run); });
  }
  [[nodiscard]] bool known() const noexcept { return !runs_.empty(); }
  /// Both are of one chunk. Where nothing is known of chunks, neighbours are.
  [[nodiscard]] bool together(std::uint64_t index, std::uint64_t next) const {
    if (next != index + 1) return false;
    if (runs_.empty()) return true;
    auto after = std::upper_bound(runs_.begin(), runs_.end(), next,
                                  [](std::uint64_t at, const ChunkRun& run) { return at < run.first_index; });
    if (after == runs_.begin()) return false;
    --after;
    const std::uint64_t place = next - after->first_index;
    return place < after->chunks * after->size && place % after->size != 0;
  }

 private:
  std::vector<ChunkRun> runs_;
};

/// When something held the run back.
class HoldUps {
 public:
  explicit HoldUps(const history::History& history) {
    history.for_each_hold_up([this](const HoldUp& hold_up) { all_.push_back(hold_up); });
  }
  [[nodiscard]] bool held_back_between(std::int64_t from, std::int64_t to) const {
    auto next = std::upper_bound(all_.begin(), all_.end(), from,
                                 [](std::int64_t time, const HoldUp& hold_up) { return time < hold_up.time; });
    if (next != all_.begin() && holds(*(next - 1))) return true;
    for (; next != all_.end() && next->time <= to; ++next) {
      if (holds(*next)) return true;
    }
    return false;
  }

 private:
  static bool holds(const HoldUp& hold_up) noexcept { return hold_up.reason != HeldBack::Reason::nothing; }

  std::vector<HoldUp> all_;
};

}  // namespace

Costs measure_costs(const history::History& history) {
  struct Last {
    std::uint64_t index = 0;
    std::int64_t end = 0;
  };
  const ChunkStarts chunks(history);
  const HoldUps hold_ups(history);
  std::unordered_map<std::uint32_t, Last> last_of;
  Magnitudes tasks;
  Magnitudes between_chunks;
  history.for_each_attempt([&](const history::Attempt& attempt) {
    if (!attempt.started) return;
    const auto [known, first] = last_of.try_emplace(attempt.worker);
    const std::int64_t gap = *attempt.started - known->second.end;
    if (!first && gap >= 0) {
      const bool together = attempt.attempt == 1 && chunks.together(known->second.index, attempt.index);
      if (together || !hold_ups.held_back_between(known->second.end, *attempt.started))
        (together ? tasks : between_chunks).add(gap);
    }
    known->second = {attempt.index, attempt.ended()};
  });
  Costs costs;
  const auto typical = [&](const Magnitudes& gaps) { return chunks.known() ? gaps.mean() : gaps.quantile(0.5); };
  costs.per_task = typical(tasks).value_or(assumed_per_task);
  costs.per_chunk = std::max(typical(between_chunks).value_or(assumed_per_chunk), costs.per_task);
  return costs;
}

}  // namespace prun::replay
