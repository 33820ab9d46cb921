// A short text in shared memory that one thread changes while others read it. A reader gets the text as it was at one moment.
// This is a sequence lock. Its words are atomic, and a torn read is repeated. It does not know the meaning of the text.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace prun::sys {

/// Memory that is all zero is an empty note.
class TextNote {
 public:
  static constexpr std::size_t capacity = 120;

  /// Keeps the first `capacity` bytes. One thread at a time.
  void write(std::string_view text) noexcept {
    const std::size_t size = std::min(text.size(), capacity);
    std::array<std::uint64_t, words> copy{};
    if (size != 0) std::memcpy(copy.data(), text.data(), size);  // no text may have no address
    const std::uint32_t version = version_.load(std::memory_order_relaxed);
    version_.store(version + 1, std::memory_order_relaxed);                    // odd: it is being changed
    size_.store(static_cast<std::uint32_t>(size), std::memory_order_release);  // each behind the odd version
    for (std::size_t i = 0; i < words; ++i) words_[i].store(copy[i], std::memory_order_release);
    version_.store(version + 2, std::memory_order_release);
  }

  /// Returns the text. It is empty if the text kept changing, or if its writer died while it changed it.
  [[nodiscard]] std::string read() const {
    for (int attempt = 0; attempt < most_attempts; ++attempt) {
      const std::uint32_t before = version_.load(std::memory_order_acquire);
      std::array<std::uint64_t, words> copy{};
      const std::size_t size = std::min<std::size_t>(size_.load(std::memory_order_acquire), capacity);
      for (std::size_t i = 0; i < words; ++i) copy[i] = words_[i].load(std::memory_order_acquire);
      if (before % 2 != 0 || version_.load(std::memory_order_relaxed) != before) continue;
      std::string text(size, '\0');
      std::memcpy(text.data(), copy.data(), size);
      return text;
    }
    return {};
  }

 private:
  static constexpr std::size_t words = capacity / sizeof(std::uint64_t);
  static constexpr int most_attempts = 100;

  std::atomic<std::uint32_t> version_{0};
  std::atomic<std::uint32_t> size_{0};
  std::array<std::atomic<std::uint64_t>, words> words_{};
};
static_assert(sizeof(TextNote) == 128);

}  // namespace prun::sys
