// How long tasks took, in bounded memory: all of a small run, of a large one a sample.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace prun {

class DurationSample {
 public:
  /// So many are kept, 24 bytes each. Of more, a random choice.
  static constexpr std::size_t most_kept = 512;

  struct Measured {
    std::uint64_t index = 0;
    double seconds = 0;  ///< more than 0
    double weight = 1;   ///< for as many tasks it stands
  };

  void add(const Measured& measured);

  [[nodiscard]] std::span<const Measured> all() const noexcept { return all_; }

 private:
  [[nodiscard]] std::uint64_t next_random() noexcept;

  std::vector<Measured> all_;
  std::uint64_t added_ = 0;
  std::uint64_t random_ = 0x9e3779b97f4a7c15;  // the same in each run: so is what a test sees
};

}  // namespace prun
