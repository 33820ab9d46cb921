// A parser for a part of JSON, which refuses everything that it is not sure of: escapes, bytes beyond ASCII, floats,
// nested containers, integers of more than 18 digits.
#include "input/json/quick_task.hpp"

#include "wire/value.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace prun {
namespace {

/// What stands for itself in a string of JSON and is ASCII.
constexpr std::array<bool, 256> plain = [] {
  std::array<bool, 256> plain_bytes{};
  for (std::size_t c = 0x20; c < 0x7F; ++c) plain_bytes[c] = c != '"' && c != '\\';
  return plain_bytes;
}();

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : at_(text.data()), end_(text.data() + text.size()) {}

  void skip(std::size_t count) noexcept { at_ += count; }
  [[nodiscard]] const char* at() const noexcept { return at_; }

  [[nodiscard]] bool at_end() noexcept { return skip_space(), at_ == end_; }

  bool take(char c) noexcept {
    skip_space();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }

  bool plain_string(std::string_view& text) noexcept {
    if (!take('"')) return false;
    const char* start = at_;
    while (at_ != end_ && plain[static_cast<unsigned char>(*at_)]) ++at_;
    if (at_ == end_ || *at_ != '"') return false;
    text = {start, static_cast<std::size_t>(at_ - start)};
    ++at_;
    return true;
  }

  bool short_integer(std::int64_t& number) noexcept {
    constexpr std::ptrdiff_t always_fits = 18;
    const bool negative = take('-');  // a space behind it is then no digit
    const char* start = at_;
    const char* const last = end_ - start > always_fits ? start + always_fits : end_;
    std::int64_t magnitude = 0;
    while (at_ != last && is_digit(*at_)) magnitude = magnitude * 10 + (*at_++ - '0');
    const std::ptrdiff_t digits = at_ - start;
    if (digits == 0 || (*start == '0' && (digits > 1 || negative))) return false;
    if (at_ != end_ && (is_digit(*at_) || *at_ == '.' || *at_ == 'e' || *at_ == 'E')) return false;
    number = negative ? -magnitude : magnitude;
    return true;
  }

  /// The first character of the next token, 0 at the end.
  [[nodiscard]] char peek() noexcept { return skip_space(), at_ == end_ ? '\0' : *at_; }

 private:
  void skip_space() noexcept {
    while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ' &&  // one comparison for most
           (*at_ == ' ' || *at_ == '\t' || *at_ == '\n' || *at_ == '\r'))
      ++at_;
  }

  const char* at_;
  const char* end_;
};

/// A number or string.
bool read_element(Cursor& cursor, wire::ValueWriter& writer) {
  if (cursor.peek() == '"') {
    std::string_view text;
    if (!cursor.plain_string(text)) return false;
    writer.string(text);
    return true;
  }
  std::int64_t number = 0;
  if (!cursor.short_integer(number)) return false;
  writer.integer(number);
  return true;
}

/// An array of the elements up to and with the ']'. Its head is of one byte at first, and is widened where that is too short.
bool read_elements(Cursor& cursor, std::string& array) {
  constexpr std::uint32_t most_in_short_head = 15;
  array.clear();
  wire::ValueWriter writer(array);
  writer.array(0);
  std::uint32_t count = 0;
  if (!cursor.take(']')) {
    do {
      if (!read_element(cursor, writer)) return false;
      ++count;
    } while (cursor.take(','));
    if (!cursor.take(']')) return false;
  }
  if (count <= most_in_short_head) {
    array.front() = static_cast<char>(array.front() | static_cast<char>(count));
  } else {
    std::string head;
    wire::ValueWriter(head).array(count);
    array.replace(0, 1, head);
  }
  return true;
}

}  // namespace

bool QuickTask::read(std::string_view json) {
  function_ = {};
  id_.clear();
  return Cursor(json).peek() == '{' ? read_object(json) : read_short_form(json);
}

bool QuickTask::read_object(std::string_view json) {
  Cursor cursor(json);
  bool has_function = false;
  bool has_args = false;
  if (!beginning_.empty() && json.starts_with(beginning_)) {
    function_ = json.substr(function_at_, function_size_);
    cursor.skip(beginning_.size());
    if (!read_elements(cursor, args_)) return false;
    if (!cursor.take(',')) return cursor.take('}') && cursor.at_end();
    has_function = has_args = true;
  } else {
    cursor.take('{');
  }
  do {
    std::string_view key;
    if (!cursor.plain_string(key) || !cursor.take(':')) return false;
    if (key == "function") {
      if (std::exchange(has_function, true) || !cursor.plain_string(function_)) return false;
    } else if (key == "args") {
      if (std::exchange(has_args, true) || !cursor.take('[')) return false;
      if (has_function && id_.empty()) remember_beginning(json, static_cast<std::size_t>(cursor.at() - json.data()));
      if (!read_elements(cursor, args_)) return false;
    } else if (key == "id" && id_.empty()) {
      wire::ValueWriter writer(id_);
      if (!read_element(cursor, writer)) return false;
    } else {
      return false;
    }
  } while (cursor.take(','));
  return has_function && has_args && cursor.take('}') && cursor.at_end();
}

void QuickTask::remember_beginning(std::string_view json, std::size_t size) {
  beginning_.assign(json, 0, size);
  function_at_ = static_cast<std::size_t>(function_.data() - json.data());
  function_size_ = function_.size();
}

bool QuickTask::read_short_form(std::string_view json) {
  Cursor cursor(json);
  if (!cursor.take('[') || !cursor.plain_string(function_)) return false;
  args_.clear();
  wire::ValueWriter(args_).array(0);
  if (cursor.take(',')) return cursor.peek() != ']' && read_elements(cursor, args_) && cursor.at_end();
  return cursor.take(']') && cursor.at_end();
}

}  // namespace prun
