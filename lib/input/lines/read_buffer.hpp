// The window of an input that is in memory: a block, larger only while one entry needs it, and the place in the whole
// input of every byte in it. It does not know what an entry is.
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

  /// @param separator what ends a line
  explicit ReadBuffer(std::unique_ptr<ByteSource> bytes, char separator = '\n');

  /// What has been read and not consumed. Views of it last until the next fill(), those of consumed bytes too.
  [[nodiscard]] std::string_view unread() const noexcept { return {data_.get() + begin_, end_ - begin_}; }
  void consume(std::size_t size) noexcept { begin_ += size; }

  /// Reads once behind what is there.
  ByteSource::Got fill();

  /// Gives the memory of a large window back that is not needed for what is unread. Views of consumed bytes end.
  void release();

  /// Steps over a byte order mark at the start of the input, which is no character of the first line.
  /// @return whether that is settled; if not, more must be read first
  [[nodiscard]] bool skip_byte_order_mark(bool at_end) noexcept;

  /// The place of a byte (or of the end) of what is in memory, unread or consumed since the last fill().
  [[nodiscard]] Place place_of(const char* byte) const noexcept;

  /// `name:line:column: message` and the excerpt for that byte.
  [[nodiscard]] std::string describe(std::string_view name, const char* byte, std::string_view message) const;

  [[nodiscard]] const ByteSource& bytes() const noexcept { return *bytes_; }

 private:
  /// Memory of malloc's: realloc() moves the pages of a large window instead of copying their bytes.
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
  std::size_t kept_ = 0;   // from here on bytes are kept, consumed ones to show where an error stands
  std::size_t begin_ = 0;  // kept_ <= begin_ <= end_ <= capacity_
  std::size_t end_ = 0;
  Place kept_place_;  // of kept_
};

}  // namespace prun
