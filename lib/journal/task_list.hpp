// The input of a run as numbers of recorded tasks: the task at each place of the input is one of the journal's. Neighbours that are
// neighbours in the journal too are one segment, so that an input that has changed at a few places takes a few segments.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace prun::journal {

class TaskList {
 public:
  struct Segment {
    std::uint64_t place = 0;  ///< of its first task in the input
    std::uint64_t task = 0;   ///< its number in the journal
    std::uint64_t count = 0;

    friend bool operator==(const Segment&, const Segment&) = default;
  };

  /// Adds tasks behind the last place.
  void add(std::uint64_t task, std::uint64_t count);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  [[nodiscard]] const std::vector<Segment>& segments() const noexcept { return segments_; }
  /// The segment that contains the place, which must be below `size()`. Quick if it is near that of the last call.
  [[nodiscard]] const Segment& at(std::uint64_t place) const;
  [[nodiscard]] std::uint64_t task_at(std::uint64_t place) const {
    const Segment& segment = at(place);
    return segment.task + (place - segment.place);
  }

 private:
  std::vector<Segment> segments_;
  std::uint64_t size_ = 0;
  mutable std::size_t last_ = 0;
};

constexpr std::int64_t any_run = std::numeric_limits<std::int64_t>::max();

/// The input of the last run, up to run `last`, whose input was not that of the run before, and behind it the tasks that later runs
/// have read. Absent: all runs had the same input, the recorded tasks in order.
/// @throws wire::DecodeError if the journal is damaged
[[nodiscard]] std::optional<TaskList> last_list(Database& database, std::int64_t last = any_run);

/// The outcomes of these tasks, with the columns of `outcomes`, as what follows FROM: it has the name o.
[[nodiscard]] std::string outcomes_of_input(Database& database, std::int64_t last = any_run);

struct InputSize {
  std::uint64_t tasks = 0;  ///< that the input has, as far as it was read
  std::int64_t since = 0;   ///< the first run with this input
};

/// The input of the last run.
[[nodiscard]] InputSize input_size(Database& database);

}  // namespace prun::journal
