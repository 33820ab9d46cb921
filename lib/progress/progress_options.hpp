// How a run's progress is to be shown, as plain data.
#pragma once

#include "progress/style.hpp"

#include <cstdint>
#include <optional>

namespace prun {

struct ProgressOptions {
  ProgressStyle style = ProgressStyle::automatic;
  std::optional<int> fd{};               ///< for plain lines and JSON; absent: standard error
  std::optional<std::uint64_t> total{};  ///< tasks, where the input does not tell
};

}  // namespace prun
