// The maximum number of chunks in flight: the number of jobserver tokens, or one for a task that ran out of memory.
#pragma once

#include <cstdint>
#include <optional>

namespace prun {

class ChunkLimit {
 public:
  static constexpr std::uint32_t unlimited = UINT32_MAX;

  void set(std::uint32_t most) noexcept { most_ = most; }

  /// The task at that index was handed out to run alone. This holds until nothing is in flight.
  void run_alone(std::uint64_t index) noexcept { alone_ = index; }
  [[nodiscard]] std::optional<std::uint64_t> alone() const noexcept { return alone_; }
  /// Nothing is in flight.
  void all_ended() noexcept { alone_.reset(); }

  [[nodiscard]] bool allows_beside(std::uint32_t in_flight) const noexcept { return !alone_ && in_flight < most_; }

 private:
  std::uint32_t most_ = unlimited;
  std::optional<std::uint64_t> alone_;
};

}  // namespace prun
