// Elements by index. Only a moving window of them exists: those that are numbered and not finished.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace prun {

template <class T>
class IndexWindow {
 public:
  /// Extends the window up to `index`.
  T& extend_to(std::uint64_t index) {
    if (index - begin_ >= slots_.size()) grow(index - begin_ + 1);
    return at(index);
  }
  [[nodiscard]] T& at(std::uint64_t index) noexcept { return slots_[index & (slots_.size() - 1)]; }
  [[nodiscard]] const T& at(std::uint64_t index) const noexcept { return slots_[index & (slots_.size() - 1)]; }
  /// Returns true if the element exists, so that `at` may be called.
  [[nodiscard]] bool has(std::uint64_t index) const noexcept { return index - begin_ < slots_.size(); }

  /// The first index is finished. Its element is reset.
  void pop_front() {
    if (!slots_.empty()) at(begin_) = T{};
    ++begin_;
  }
  /// The first `count` indexes are finished. There may be more of them than elements.
  void pop_front(std::uint64_t count) {
    const std::uint64_t elements = std::min<std::uint64_t>(count, slots_.size());
    for (std::uint64_t i = 0; i < elements; ++i) at(begin_ + i) = T{};
    begin_ += count;
  }
  /// All elements are in their initial state. The next index is `index`; those in between are not needed.
  void begin_at(std::uint64_t index) noexcept { begin_ = index; }
  [[nodiscard]] std::uint64_t begin() const noexcept { return begin_; }

 private:
  void grow(std::uint64_t needed) {
    std::size_t size = slots_.empty() ? 16 : slots_.size() * 2;
    while (size < needed) size *= 2;
    std::vector<T> larger(size);
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      larger[(begin_ + i) & (size - 1)] = std::move(slots_[(begin_ + i) & (slots_.size() - 1)]);
    }
    slots_ = std::move(larger);
  }

  std::vector<T> slots_;
  std::uint64_t begin_ = 0;
};

}  // namespace prun
