// The interface between typed functions and bytes in a worker. An entry point gets a frame, reads the callable and the
// arguments from it, makes the calls, and passes each result or exception to the frame.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>

namespace prun::detail {

/// One chunk that is being run. Not copied; valid until the entry point returns.
class CallFrame {
 public:
  /// The entry point runs items [first, last) of the chunk, in order. It skips the items before `first` in the payload.
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  /// The bytes of the callable, then the items unless it is a range.
  std::string_view payload;
  /// For a range: item i is start + i * step.
  bool is_range = false;
  std::int64_t start = 0;
  std::int64_t step = 0;

  CallFrame() = default;
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  [[nodiscard]] std::int64_t range_item(std::uint32_t i) const noexcept {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(start) + i * static_cast<std::uint64_t>(step));
  }

  /// Begins item `item`: from now on, the death of the process is the failure of this item. Then call either value() or failed().
  /// Returns false if the item must not run. Either it already has its outcome: release its argument. Or it belongs to another
  /// worker: `last` is lowered to it.
  [[nodiscard]] virtual bool begin(std::uint32_t item) = 0;
  /// Sends the result of the begun item, of any size. Returns when it is sent. This may wait for the master.
  virtual void value(const void* data, std::size_t size) = 0;
  /// The begun item threw.
  virtual void failed(const std::exception_ptr& error) = 0;

 protected:
  ~CallFrame() = default;
};

using Entry = void (*)(CallFrame&);

}  // namespace prun::detail
