// The table of what a run would have taken, and what of it would have been the best choice. Decides what is replayed; replay.hpp
// replays it.
#pragma once

#include "history/history.hpp"
#include "replay/replay.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun::replay {

/// Times are nanoseconds.
struct WhatIf {
  static constexpr std::size_t columns = 3;

  struct Row {
    enum class Kind : std::uint8_t { fixed, standard, automatic, longest_first };
    Kind kind = Kind::fixed;
    std::uint64_t chunksize = 0;  ///< of fixed and standard, with as many workers as there were
    std::array<std::int64_t, columns> times{};
  };

  std::array<std::uint32_t, columns> workers{};  ///< half as many as there were, as many, twice as many
  std::array<std::int64_t, columns> lower_bounds{};
  std::vector<Row> rows;  ///< fixed sizes ascending, then the default, auto, longest first
  std::uint64_t tasks = 0;
  std::uint64_t bundle = 1;  ///< tasks that were replayed as one
  Costs costs;

  std::int64_t wall = 0;      ///< that the run took, or the part of it that is recorded
  std::int64_t replayed = 0;  ///< what the replay makes of it as it was
  /// The choice of chunks, with the workers that there were, that takes least, and what the run would have taken with it: a
  /// time like `wall`, with what the replay knows nothing of. Absent: nothing was measured.
  std::optional<Row> best;
  std::int64_t best_wall = 0;
};

[[nodiscard]] WhatIf what_if(const history::History& history);

/// The option that makes the choice: "--chunksize 4".
[[nodiscard]] std::string option_of(const WhatIf::Row& row);

}  // namespace prun::replay
