// The activity of each worker, small enough for a page: every attempt if all fit, otherwise equal steps of time. The page's script
// (page/page.js) reads this data. timeline.cpp has the grammar.
#pragma once

#include "history/history.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace prun::report {

struct Timeline {
  bool exact = true;       ///< every attempt, or steps of time
  std::uint32_t rows = 0;  ///< workers
  std::size_t steps = 0;   ///< steps of a row, if it is not exact
  std::int64_t step = 1;   ///< nanoseconds
  std::string bytes;       ///< exact: attempts; else: cells
};

/// @param most_bytes of `bytes`
[[nodiscard]] Timeline timeline_of(const history::History& history, std::size_t most_bytes);

/// The outcome of an attempt, as it is drawn.
enum class Look : std::uint8_t { value, retried, failed };
[[nodiscard]] inline Look look_of(const history::Attempt& attempt) noexcept {
  return !attempt.failure ? Look::value : attempt.final ? Look::failed : Look::retried;
}

/// The cells of a worker's row, one for each step of time.
class Cells {
 public:
  Cells(const history::History& history, std::uint32_t rows, std::size_t steps);

  [[nodiscard]] std::int64_t step() const noexcept { return step_; }
  /// The part of the step during which the worker ran a task, from 0 to 255.
  [[nodiscard]] std::uint8_t busy(std::uint32_t row, std::size_t step) const;
  /// Returns true if an attempt with that look ended in the step.
  [[nodiscard]] bool has(std::uint32_t row, std::size_t step, Look look) const;

 private:
  [[nodiscard]] std::size_t step_at(std::int64_t time) const noexcept;
  void add(std::uint32_t row, std::int64_t from, std::int64_t to);
  [[nodiscard]] std::size_t place(std::uint32_t row, std::size_t step) const noexcept { return row * steps_ + step; }

  std::size_t steps_;
  std::int64_t step_;
  double per_nanosecond_;            ///< number of steps
  std::vector<float> busy_;          ///< parts of a step, and 1 for each step that is covered completely
  std::vector<std::uint8_t> looks_;  ///< a bit for each Look
};

}  // namespace prun::report
