// The payload of a chunk of Python calls. Two processes read it, so it contains no address: the function's name after its
// length, then, unless it is a range, the arguments and keyword arguments of each item, each after its length.
#pragma once

#include "wire/value.hpp"

#include <prun/detail/call_frame.hpp>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace prun::python {

class ChunkItems {
 public:
  explicit ChunkItems(const detail::CallFrame& frame) : frame_(&frame), rest_(frame.payload), name_(take_bytes()) {}

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  struct Item {
    std::uint32_t index;
    std::string_view args;  ///< valid until the next call
    std::string_view kwargs;
  };
  /// The next item to run.
  [[nodiscard]] std::optional<Item> next() {
    while (at_ < frame_->last) {
      Item item{at_++, {}, {}};
      if (!frame_->is_range) {
        item.args = take_bytes();
        item.kwargs = take_bytes();
      }
      if (item.index < frame_->first) continue;
      if (frame_->is_range) item.args = number(frame_->range_item(item.index));
      return item;
    }
    return std::nullopt;
  }

 private:
  std::string_view take_bytes() {
    std::uint32_t size = 0;
    std::memcpy(&size, rest_.data(), sizeof size);
    const std::string_view bytes = rest_.substr(sizeof size, size);
    rest_.remove_prefix(sizeof size + size);
    return bytes;
  }

  std::string_view number(std::int64_t value) {
    number_.clear();
    wire::ValueWriter writer(number_);
    writer.array(1);
    writer.integer(value);
    return number_;
  }

  const detail::CallFrame* frame_;
  std::string_view rest_;
  std::string_view name_;
  std::uint32_t at_ = 0;
  std::string number_;
};

}  // namespace prun::python
