// The lines that are drawn: the bar, and below it the tasks that have run longest. Pure text; it knows no terminal.
#pragma once

#include "progress/snapshot.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace prun {

/// `[ 412/938  44%] 3 failed  8 running  2.1/s  12:04 elapsed  ~15m left (12-21m)  longest: 8m58s ./sim 77`, without the
/// least important parts if it would be wider than `columns`.
[[nodiscard]] std::string bar(const Snapshot& snapshot, std::size_t columns);

/// The bar, the reason why nothing starts, and one line for each call; at most `lines` lines.
[[nodiscard]] std::vector<std::string> bar_and_rows(const Snapshot& snapshot, std::size_t columns, std::size_t lines);

/// The same as a sentence for a log: `412 of 938 tasks done (44%), 3 failed, 8 running, 2.1/s, 12:04 elapsed, ~15m left (12-21m)`.
[[nodiscard]] std::string plain_line(const Snapshot& snapshot);

/// One object of JSON, without a newline. prun(1) describes its keys.
[[nodiscard]] std::string json_line(const Snapshot& snapshot, bool end);

}  // namespace prun
