// The progress of a run at one moment: the data for a bar, a line or a JSON object.
#pragma once

#include "event/run_view.hpp"
#include "progress/estimate.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun {

struct Snapshot {
  struct Call {
    std::uint64_t index = 0;
    std::chrono::nanoseconds age{};
    std::string text{};         ///< printable
    std::uint64_t memory = 0;   ///< bytes; 0: not known
    std::string last_output{};  ///< printable; of its command
  };

  std::uint64_t done = 0;  ///< including failed tasks and tasks recorded by earlier runs
  std::uint64_t failed = 0;
  std::optional<std::uint64_t> total{};
  std::size_t running = 0;
  double rate = 0;  ///< tasks per second
  std::chrono::nanoseconds elapsed{};
  std::optional<Estimate::Left> left{};
  std::vector<Call> longest{};  ///< running calls, the oldest first
  HeldBack held_back{};
  std::string hold_up{};  ///< the same as a sentence; printable
};

}  // namespace prun
