// Ranges are computed with unsigned integers, so that no distance of two bounds overflows.
#include "input/range_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace prun {
namespace {

constexpr std::string_view form = "expected FROM..TO or FROM..TO..STEP, such as 1..39 or 39..1..2";

/// The length of an integer with or without sign at the front; 0 where there is none.
std::size_t integer_length(std::string_view text) noexcept {
  const std::size_t sign = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
  const std::size_t end = std::min(text.find_first_not_of("0123456789", sign), text.size());
  return end > sign ? end : 0;
}

/// Takes integers and dots from the front of a text.
class Cursor {
 public:
  explicit Cursor(std::string_view text) noexcept : text_(text) {}

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

  bool dots() noexcept {
    if (text_.substr(at_, 2) != "..") return false;
    at_ += 2;
    return true;
  }

  tl::expected<std::int64_t, TextError> integer(std::string_view what) {
    const std::size_t length = integer_length(text_.substr(at_));
    if (length == 0) return error(fmt::format("bad range: its {} is not an integer; {}", what, form));
    std::string_view digits = text_.substr(at_, length);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    std::int64_t value = 0;
    const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (result.ec != std::errc{}) {
      return error(
          fmt::format("bad range: its {} does not fit 64 bits; it must be from {} to {}", what, INT64_MIN, INT64_MAX));
    }
    at_ += length;
    return value;
  }

  [[nodiscard]] tl::unexpected<TextError> error(std::string message) const {
    return tl::unexpected(TextError{std::move(message), at_});
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

tl::expected<IntRange, TextError> make_range(std::int64_t from, std::int64_t to, std::int64_t step,
                                             const Cursor& behind) {
  const auto low = static_cast<std::uint64_t>(std::min(from, to));
  const std::uint64_t distance = static_cast<std::uint64_t>(std::max(from, to)) - low;
  const std::uint64_t size = step < 0 ? 0 - static_cast<std::uint64_t>(step) : static_cast<std::uint64_t>(step);
  if (size > INT64_MAX) {
    return behind.error(
        fmt::format("bad range: its step is too large; it must be from {} to {}", -INT64_MAX, INT64_MAX));
  }
  const std::uint64_t steps = distance / size;
  if (steps == UINT64_MAX) return behind.error("bad range: it has more than 2^64 - 1 elements");
  const auto magnitude = static_cast<std::int64_t>(size);
  return IntRange{from, from <= to ? magnitude : -magnitude, steps + 1};
}

}  // namespace

bool looks_like_range(std::string_view text) noexcept {
  const std::size_t length = integer_length(text);
  return length > 0 && text.substr(length, 2) == "..";
}

tl::expected<IntRange, TextError> parse_range(std::string_view text) {
  Cursor cursor(text);
  const auto from = cursor.integer("start");
  if (!from) return tl::unexpected(from.error());
  if (!cursor.dots()) return cursor.error(fmt::format("bad range: {}", form));
  const auto to = cursor.integer("end");
  if (!to) return tl::unexpected(to.error());
  std::int64_t step = 1;
  if (!cursor.at_end()) {
    if (!cursor.dots()) return cursor.error(fmt::format("bad range: unexpected text; {}", form));
    const Cursor at_step = cursor;
    const auto given = cursor.integer("step");
    if (!given) return tl::unexpected(given.error());
    if (!cursor.at_end()) return cursor.error(fmt::format("bad range: unexpected text; {}", form));
    if (*given == 0) return at_step.error("bad range: its step is 0, expected 1 or more");
    step = *given;
  }
  return make_range(*from, *to, step, Cursor(text));
}

}  // namespace prun
