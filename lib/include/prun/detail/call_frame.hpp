// The seam between typed functions and bytes, on the worker's side: an entry point is handed a frame, reads the callable and
// the arguments from it, makes the calls, and gives each result or exception back to it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

namespace prun::detail {

/// One chunk being run. Not copied, not kept beyond the entry point's return.
class CallFrame {
 public:
  /// Items [first, last) of the chunk are to be run, in order. Items below `first` stand in the payload and are passed over.
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  /// The callable's bytes, then, unless it is a range, the items.
  std::string_view payload;
  /// Of a range: item i is start + i * step.
  bool is_range = false;
  std::int64_t start = 0;
  std::int64_t step = 0;

  CallFrame() = default;
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  [[nodiscard]] std::int64_t range_item(std::uint32_t i) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
  }

  /// Item `item` begins: from here on a death of the process is this item's. Then exactly one of value() and failed().
  /// False: it is not to be run, and has had its outcome; only its argument is to be let go.
  [[nodiscard]] virtual bool begin(std::uint32_t item) = 0;
  /// The begun item's result, of any size; returns when it is on its way, which may take as long as the master is behind.
  virtual void value(const void* data, std::size_t size) = 0;
  /// The begun item threw.
  virtual void failed(const std::exception_ptr& error) = 0;

 protected:
  ~CallFrame() = default;
};

using Entry = void (*)(CallFrame&);

}  // namespace prun::detail
