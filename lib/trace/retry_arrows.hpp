// Which attempts are joined by arrows: one that failed, and the one that tried its task again.
#pragma once

#include "history/history.hpp"

#include <cstdint>
#include <vector>

namespace prun::trace {

class RetryArrows {
 public:
  /// Of more arrows than this, nobody sees one.
  static constexpr std::size_t most = 100'000;

  explicit RetryArrows(const history::History& history);

  /// The number of the arrow that begins at this attempt; 0: none does.
  [[nodiscard]] std::uint64_t out_of(const history::Attempt& attempt) const {
    return attempt.final || arrows_.empty() ? 0 : find(number_of(attempt.index, attempt.attempt));
  }
  /// The number of the arrow that ends at this attempt; 0: none does.
  [[nodiscard]] std::uint64_t into(const history::Attempt& attempt) const {
    return attempt.attempt < 2 || arrows_.empty() ? 0 : find(number_of(attempt.index, attempt.attempt - 1));
  }

 private:
  /// Of the arrow from an attempt to the next. It is not 0.
  [[nodiscard]] static std::uint64_t number_of(std::uint64_t index, std::uint32_t attempt) noexcept {
    return index << 5U | attempt;
  }
  [[nodiscard]] std::uint64_t find(std::uint64_t number) const;

  std::vector<std::uint64_t> arrows_;  ///< sorted
};

/// The attempt can be drawn on the track of a worker.
[[nodiscard]] inline bool is_drawn(const history::Attempt& attempt) noexcept {
  return attempt.started && attempt.worker != history::Attempt::no_worker;
}

}  // namespace prun::trace
