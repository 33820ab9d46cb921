// A run's progress at one moment: all that a bar, a line or an object of JSON shows.
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

  std::uint64_t done = 0;  ///< those that failed and those recorded by earlier runs included
  std::uint64_t failed = 0;
  std::optional<std::uint64_t> total{};
  std::size_t running = 0;
  double rate = 0;  ///< tasks a second
  std::chrono::nanoseconds elapsed{};
  std::optional<Estimate::Left> left{};
  std::vector<Call> longest{};  ///< that run, the oldest first
  HeldBack held_back{};
  std::string hold_up{};  ///< the same as a sentence; printable
};

}  // namespace prun
