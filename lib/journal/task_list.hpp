// The input of a run as numbers of recorded tasks: the task at each place of the input is one of the journal's. Neighbours that are
// neighbours in the journal too are one segment, so that an input that has changed at a few places takes a few segments.
#pragma once

#include "journal/sqlite.hpp"

#include <cstdint>
#include <optional>
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

/// The input of the last run whose input was not that of the run before. Absent: all runs had the same, the recorded tasks in order.
[[nodiscard]] std::optional<TaskList> last_list(Database& database);

/// The number of tasks of the input, as far as it was read.
[[nodiscard]] std::uint64_t count_tasks(Database& database);

}  // namespace prun::journal
