// The widths are those of the C library (wcwidth), in the locale C.UTF-8 and not the user's, because prun reads and writes UTF-8.
#include "progress/text_width.hpp"

#include <locale.h>  // NOLINT(modernize-deprecated-headers): newlocale is POSIX
#include <clocale>
#include <cwchar>

#include <algorithm>

namespace prun {
namespace {

constexpr std::string_view dots = "...";

class Utf8Locale {
 public:
  Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {}
  Utf8Locale(const Utf8Locale&) = delete;
  Utf8Locale& operator=(const Utf8Locale&) = delete;
  ~Utf8Locale() {
    if (locale_ != nullptr) ::freelocale(locale_);
  }
  [[nodiscard]] int width(char32_t c) const {
    if (locale_ == nullptr) return 2;  // the locale is not available: no line counts as too long
    const locale_t before = ::uselocale(locale_);
    const int width = ::wcwidth(static_cast<wchar_t>(c));
    ::uselocale(before);
    return width < 0 ? 2 : width;
  }

 private:
  locale_t locale_;
};

struct Character {
  std::size_t bytes;
  std::size_t columns;
};

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

Character first_of(std::string_view text) {
  const unsigned first = byte_of(text[0]);
  if (first < 0x80) return {1, 1};
  const std::size_t bytes = std::min<std::size_t>(first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2, text.size());
  char32_t value = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) value = (value << 6U) | (byte_of(text[i]) & 0x3FU);
  constexpr char32_t as_emoji = 0xFE0F;  // makes the character before it wide
  if (value == as_emoji) return {bytes, 1};
  static const Utf8Locale locale;
  return {bytes, static_cast<std::size_t>(locale.width(value))};
}

}  // namespace

std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Character next = first_of(text);
    columns += next.columns;
    text.remove_prefix(next.bytes);
  }
  return columns;
}

std::string fit(std::string_view text, std::size_t columns) {
  if (columns_of(text) <= columns) return std::string(text);
  const bool dotted = columns > 2 * dots.size();
  const std::size_t room = dotted ? columns - dots.size() : columns;
  std::size_t bytes = 0;
  for (std::size_t used = 0; bytes < text.size();) {
    const Character next = first_of(text.substr(bytes));
    used += next.columns;
    if (used > room) break;
    bytes += next.bytes;
  }
  return std::string(text.substr(0, bytes)) + std::string(dotted ? dots : std::string_view());
}

}  // namespace prun
