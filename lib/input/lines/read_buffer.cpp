// Moving, growing and shrinking of the window, and counting of lines and columns once a block rather than once an
// entry.
#include "input/lines/read_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t context = 160;                     // consumed bytes that stay for an excerpt
constexpr std::size_t least_room = 4096;                 // a read() of less is not worth its system call
constexpr std::size_t most_read = std::size_t{1} << 20;  // at once: what follows a long entry is not all read with it
constexpr std::size_t shrink_above = std::size_t{1} << 20;
constexpr std::size_t release_above = std::size_t{4} << 20;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

Place advance(Place place, std::string_view text, char separator) noexcept {
  for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
    ++place.line;
    place.column = 1;
    text.remove_prefix(end + 1);
  }
  place.column += character_count(text);
  return place;
}

}  // namespace

ReadBuffer::ReadBuffer(std::unique_ptr<ByteSource> bytes, char separator)
    : bytes_(std::move(bytes)), separator_(separator), data_(allocate(block)) {}

// NOLINTBEGIN(cppcoreguidelines-no-malloc)
ReadBuffer::Memory ReadBuffer::allocate(std::size_t size) {
  Memory memory(static_cast<char*>(std::malloc(size)));
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

ByteSource::Got ReadBuffer::fill() {
  discard_consumed();
  make_room();
  std::size_t size = 0;
  const ByteSource::Got got = bytes_->read({data_.get() + end_, std::min(capacity_ - end_, most_read)}, size);
  if (got == ByteSource::Got::bytes) end_ += size;
  return got;
}

/// The first byte that an excerpt may show, which begins a character.
std::size_t ReadBuffer::first_to_keep() const noexcept {
  if (begin_ - kept_ <= context) return kept_;
  std::size_t first = begin_ - context;
  while (first < begin_ && continues(data_[first])) ++first;
  return first;
}

void ReadBuffer::discard_consumed() noexcept {
  // Bytes that trickle in are moved once the block is half used, not once a read.
  if (end_ + capacity_ / 2 <= capacity_ || begin_ - kept_ <= context) return;
  move_to(nullptr, capacity_);
}

/// Moves what is kept to the front, of `memory` where that is not null.
void ReadBuffer::move_to(Memory memory, std::size_t capacity) noexcept {
  const std::size_t first = first_to_keep();
  kept_place_ = advance(kept_place_, {data_.get() + kept_, first - kept_}, separator_);
  std::memmove(memory != nullptr ? memory.get() : data_.get(), data_.get() + first, end_ - first);
  if (memory != nullptr) data_ = std::move(memory);
  capacity_ = capacity;
  begin_ -= first;
  end_ -= first;
  kept_ = 0;
}

void ReadBuffer::make_room() {
  if (capacity_ - end_ < least_room) {
    const std::size_t wanted = capacity_ * 2;
    char* larger = static_cast<char*>(std::realloc(data_.get(), wanted));
    if (larger == nullptr) throw std::bad_alloc();
    static_cast<void>(data_.release());
    data_.reset(larger);
    capacity_ = wanted;
  } else if (capacity_ > shrink_above && end_ <= block / 2) {
    move_to(allocate(block), block);
  }
}
// NOLINTEND(cppcoreguidelines-no-malloc)

void ReadBuffer::release() {
  if (capacity_ <= release_above) return;
  const std::size_t kept = end_ - first_to_keep();
  const std::size_t wanted = std::max(block, kept + kept / 2);
  if (wanted <= capacity_ / 2) move_to(allocate(wanted), wanted);
}

bool ReadBuffer::skip_byte_order_mark(bool at_end) noexcept {
  if (begin_ != kept_ || kept_place_.line != 1 || kept_place_.column != 1) return true;
  const std::string_view start = unread().substr(0, byte_order_mark.size());
  if (start == byte_order_mark) {
    kept_ = begin_ += byte_order_mark.size();
    return true;
  }
  return at_end || start != byte_order_mark.substr(0, start.size());
}

Place ReadBuffer::place_of(const char* byte) const noexcept {
  const char* first = data_.get() + kept_;
  return advance(kept_place_, {first, static_cast<std::size_t>(byte - first)}, separator_);
}

std::string ReadBuffer::describe(std::string_view name, const char* byte, std::string_view message) const {
  const char* first = data_.get() + kept_;
  const std::string_view before(first, static_cast<std::size_t>(byte - first));
  const std::string_view behind(byte, static_cast<std::size_t>(data_.get() + end_ - byte));
  const std::size_t line_start = before.rfind(separator_) + 1;  // npos + 1 is 0: the line began before what is kept
  const std::size_t line_end = before.size() + std::min(behind.find(separator_), behind.size());
  std::string_view line(first + line_start, line_end - line_start);
  if (separator_ == '\n' && line.ends_with('\r')) line.remove_suffix(1);
  return located(name, place_of(byte), message, line, before.size() - line_start);
}

}  // namespace prun
