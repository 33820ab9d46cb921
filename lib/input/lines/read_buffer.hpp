// The part of an input that is in memory, with the position in the whole input of every byte. It is one block, which is
// larger only while an entry needs it. It does not know what an entry is.
#pragma once

#include "input/lines/byte_source.hpp"
#include "input/text_error.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace prun {

class ReadBuffer {
 public:
  static constexpr std::size_t block = std::size_t{64} << 10;

  /// @param separator the end of a line
  explicit ReadBuffer(std::unique_ptr<ByteSource> bytes, char separator = '\n');

  /// Bytes that are read but not consumed. Views of them, and of consumed bytes, are valid until the next fill().
  [[nodiscard]] std::string_view unread() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t size) noexcept { begin_ += size; }

  /// Reads once, appending to the bytes that are there.
  ByteSource::Got fill();

  /// Frees the memory of a large block that the unread bytes do not need. Views of consumed bytes become invalid.
  void release();

  /// Skips a byte order mark at the start of the input. It does not count as a character of the first line.
  /// @return true if this is decided; if not, more must be read first
  [[nodiscard]] bool skip_byte_order_mark(bool at_end) noexcept;

  /// The position of a byte (or of the end) in memory, unread or consumed since the last fill().
  [[nodiscard]] Place place_of(const char* byte) const noexcept;

  /// `name:line:column: message` and the excerpt for that byte.
  [[nodiscard]] std::string describe(std::string_view name, const char* byte, std::string_view message) const;

  [[nodiscard]] const ByteSource& bytes() const noexcept { return *bytes_; }

 private:
  /// Memory of malloc(), so that realloc() can move the pages of a large block instead of copying bytes.
  struct Free {
    void operator()(char* memory) const noexcept { std::free(memory); }  // NOLINT(cppcoreguidelines-no-malloc)
  };
  using Memory = std::unique_ptr<char[], Free>;

  [[nodiscard]] static Memory allocate(std::size_t size);
  [[nodiscard]] std::size_t first_to_keep() const noexcept;
  void discard_consumed() noexcept;
  void make_room();
  void move_to(Memory memory, std::size_t capacity) noexcept;

  std::unique_ptr<ByteSource> bytes_;
  char separator_;
  std::size_t capacity_ = block;
  Memory data_;
  std::size_t kept_ = 0;   // bytes from here on are kept; consumed ones are for error excerpts
  std::size_t begin_ = 0;  // kept_ <= begin_ <= end_ <= capacity_
  std::size_t end_ = 0;
  Place kept_place_;  // the position of kept_
};

}  // namespace prun
