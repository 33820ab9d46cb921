// Measured task durations in bounded memory: all tasks of a small run, a sample of a large run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace prun {

class DurationSample {
 public:
  /// The maximum number of stored durations, 24 bytes each. If there are more, a random choice is stored.
  static constexpr std::size_t most_kept = 512;

  struct Measured {
    std::uint64_t index = 0;
    double seconds = 0;  ///< more than 0
    double weight = 1;   ///< number of tasks that it represents
  };

  void add(const Measured& measured);

  [[nodiscard]] std::span<const Measured> all() const noexcept { return all_; }

 private:
  [[nodiscard]] std::uint64_t next_random() noexcept;

  std::vector<Measured> all_;
  std::uint64_t added_ = 0;
  std::uint64_t random_ = 0x9e3779b97f4a7c15;  // the same in each run, so that tests are repeatable
};

}  // namespace prun
