// Columns, excerpts and carets.
#include "input/text_error.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace prun {
namespace {

constexpr std::size_t before_place = 40;  // number of characters shown before and after the place
constexpr std::size_t behind_place = 32;
constexpr std::string_view cut = "...";
constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool continues(char c) noexcept { return (static_cast<unsigned char>(c) & 0xC0u) == 0x80u; }

/// The length of the UTF-8 character at the start of `text`; 0 if it is not valid.
std::size_t character_length(std::string_view text) noexcept {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = first < 0x80   ? 1
                             : first < 0xC2 ? 0
                             : first < 0xE0 ? 2
                             : first < 0xF0 ? 3
                             : first < 0xF5 ? 4
                                            : 0;
  if (length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (!continues(text[i])) return 0;
  }
  return length;
}

/// Moves back from `offset` by at most `count` characters.
std::size_t back(std::string_view text, std::size_t offset, std::size_t count) noexcept {
  for (; count > 0 && offset > 0; --count) {
    --offset;
    while (offset > 0 && continues(text[offset])) --offset;
  }
  return offset;
}

std::size_t forward(std::string_view text, std::size_t offset, std::size_t count) noexcept {
  for (; count > 0 && offset < text.size(); --count) {
    ++offset;
    while (offset < text.size() && continues(text[offset])) ++offset;
  }
  return offset;
}

}  // namespace

std::size_t character_count(std::string_view text) noexcept {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string printable_line(std::string_view text) {
  std::string shown;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = character_length(text);
    if (first == '\t') {
      shown += ' ';
    } else if (length == 0 || first < 0x20 || first == 0x7F) {
      shown += replacement;
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

std::string marked_line(std::string_view line, std::size_t offset) {
  offset = std::min(offset, line.size());
  const std::size_t first = back(line, offset, before_place);
  const std::size_t last = forward(line, offset, behind_place);
  const std::string left = (first > 0 ? std::string(cut) : "") + printable_line(line.substr(first, offset - first));
  const std::string right = printable_line(line.substr(offset, last - offset));
  return fmt::format("  {}{}{}\n  {:>{}}", left, right, last < line.size() ? cut : "", '^', character_count(left) + 1);
}

std::string located(std::string_view name, Place place, std::string_view message, std::string_view line,
                    std::size_t offset) {
  return fmt::format("{}:{}:{}: {}\n{}", name, place.line, place.column, message, marked_line(line, offset));
}

}  // namespace prun
