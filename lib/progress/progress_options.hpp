// The options of the progress display, as plain data.
#pragma once

#include "progress/style.hpp"

#include <cstdint>
#include <optional>

namespace prun {

struct ProgressOptions {
  ProgressStyle style = ProgressStyle::automatic;
  std::optional<int> fd{};               ///< for plain lines and JSON; absent: standard error
  std::optional<std::uint64_t> total{};  ///< number of tasks, if the input does not determine it
};

}  // namespace prun
