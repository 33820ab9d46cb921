// A string of bytes in 16 bytes. Only long strings use the heap: millions of mostly small results and arguments may wait.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace prun {

class BytesCell {
 public:
  BytesCell() noexcept = default;
  /// @param tag any value that the user stores beside the bytes
  explicit BytesCell(std::string_view bytes, std::uint8_t tag = 0)
      : size_(static_cast<std::uint32_t>(bytes.size())), tag_(tag) {
    if (bytes.size() <= inline_size) {
      bytes.copy(raw_, bytes.size());  // an empty view may have a null pointer, which memcpy must not get
    } else {
      char* heap = new char[bytes.size()];
      std::memcpy(heap, bytes.data(), bytes.size());
      std::memcpy(raw_, &heap, sizeof heap);
    }
  }
  BytesCell(BytesCell&& other) noexcept : size_(std::exchange(other.size_, 0)), tag_(other.tag_) {
    std::memcpy(raw_, other.raw_, inline_size);
  }
  BytesCell& operator=(BytesCell&& other) noexcept {
    BytesCell taken(std::move(other));
    std::swap(size_, taken.size_);
    tag_ = taken.tag_;
    char mine[inline_size];
    std::memcpy(mine, raw_, inline_size);
    std::memcpy(raw_, taken.raw_, inline_size);
    std::memcpy(taken.raw_, mine, inline_size);
    return *this;
  }
  BytesCell(const BytesCell&) = delete;
  BytesCell& operator=(const BytesCell&) = delete;
  ~BytesCell() {
    if (size_ > inline_size) delete[] heap();
  }

  [[nodiscard]] std::string_view view() const noexcept { return {size_ > inline_size ? heap() : raw_, size_}; }
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint8_t tag() const noexcept { return tag_; }

 private:
  static constexpr std::size_t inline_size = 11;

  [[nodiscard]] char* heap() const noexcept {
    char* pointer = nullptr;
    std::memcpy(&pointer, raw_, sizeof pointer);
    return pointer;
  }

  std::uint32_t size_ = 0;
  std::uint8_t tag_ = 0;
  char raw_[inline_size] = {};
};
static_assert(sizeof(BytesCell) == 16);

}  // namespace prun
