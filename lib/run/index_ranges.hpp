// A set of indexes, stored as ranges. Adjacent ranges are merged, so a set of contiguous indexes is small.
#pragma once

#include <cstdint>
#include <iterator>
#include <map>

namespace prun {

class IndexRanges {
 public:
  /// Adds [first, first + count). The set must have none of these.
  void add(std::uint64_t first, std::uint64_t count) {
    if (count == 0) return;
    auto behind = ranges_.lower_bound(first);
    if (behind != ranges_.end() && behind->first == first + count) {
      count += behind->second;
      behind = ranges_.erase(behind);
    }
    if (behind != ranges_.begin()) {
      const auto before = std::prev(behind);
      if (before->first + before->second == first) {
        before->second += count;
        return;
      }
    }
    ranges_.emplace_hint(behind, first, count);
  }

  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }
  [[nodiscard]] bool begins_at(std::uint64_t index) const noexcept {
    return !ranges_.empty() && ranges_.begin()->first == index;
  }
  /// Removes the first range. There must be one. @return the number of its indexes
  std::uint64_t take_first() {
    const auto first = ranges_.begin();
    const std::uint64_t count = first->second;
    ranges_.erase(first);
    return count;
  }
  void clear() noexcept { ranges_.clear(); }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< the number of indexes of each, by the first
};

}  // namespace prun
