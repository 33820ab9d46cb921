// Splits columns with RE2, which takes linear time and no stack, or at a plain character if that is the separator.
#include "input/commands/columns.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace prun {
namespace {

bool is_ascii(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// The size of the UTF-8 character at the start of `text`; 0 if there is none.
std::size_t utf8_size(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
  if (size == 0 || size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0u) != 0x80) return 0;
  }
  return size;
}

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

RE2::Options options_of(RE2::Options::Encoding encoding) {
  RE2::Options options;
  options.set_encoding(encoding);
  options.set_log_errors(false);
  return options;
}

InputRow split_at(std::string_view line, char separator) {
  InputRow columns;
  std::size_t begin = 0;
  for (std::size_t end = line.find(separator); end != std::string_view::npos; end = line.find(separator, begin)) {
    columns.emplace_back(line.substr(begin, end - begin));
    begin = end + 1;
  }
  columns.emplace_back(line.substr(begin));
  return columns;
}

InputRow split_at(std::string_view line, const RE2& separator) {
  InputRow columns;
  const re2::StringPiece text(line.data(), line.size());
  std::size_t begin = 0;  // of the column
  std::size_t from = 0;   // start of the search for the next match
  re2::StringPiece match;
  while (from <= line.size() && separator.Match(text, from, line.size(), RE2::UNANCHORED, &match, 1)) {
    const auto at = static_cast<std::size_t>(match.data() - line.data());
    if (at + match.size() == line.size() && match.empty()) break;
    if (match.empty() && at == begin) {  // nothing comes before it, so it separates nothing
      from = at + std::max<std::size_t>(utf8_size(line.substr(at)), 1);
      continue;
    }
    columns.emplace_back(line.substr(begin, at - begin));
    begin = from = at + match.size();
  }
  columns.emplace_back(line.substr(begin));
  return columns;
}

}  // namespace

class Columns::Pattern {
 public:
  /// @return why the expression is invalid
  std::optional<TextError> assign(const std::string& separator) {
    constexpr std::string_view special = R"(^$\.*+?()[]{}|)";
    if (separator.size() == 1 && is_ascii(separator) && special.find(separator[0]) == std::string_view::npos) {
      character_ = separator[0];
      return std::nullopt;
    }
    const bool text = is_utf8(separator);
    if (text) characters_.emplace(separator, options_of(RE2::Options::EncodingUTF8));
    if (!text || is_ascii(separator)) bytes_.emplace(separator, options_of(RE2::Options::EncodingLatin1));
    const RE2& made = text ? *characters_ : *bytes_;
    if (made.ok()) return std::nullopt;
    const std::size_t at = separator.find(made.error_arg());
    return TextError{made.error(), at == std::string::npos ? 0 : at};
  }

  [[nodiscard]] InputRow split(std::string_view line) const {
    if (character_) return split_at(line, *character_);
    const bool by_characters = characters_ && (!bytes_ || is_utf8(line));
    return split_at(line, by_characters ? *characters_ : *bytes_);
  }

 private:
  std::optional<char> character_;
  std::optional<RE2> characters_;
  std::optional<RE2> bytes_;
};

Columns::Columns(std::unique_ptr<Pattern> pattern) : pattern_(std::move(pattern)) {}
Columns::Columns(Columns&&) noexcept = default;
Columns& Columns::operator=(Columns&&) noexcept = default;
Columns::~Columns() = default;

tl::expected<Columns, TextError> Columns::make(const std::string& separator) {
  auto pattern = std::make_unique<Pattern>();
  if (auto error = pattern->assign(separator)) return tl::unexpected(std::move(*error));
  return Columns(std::move(pattern));
}

InputRow Columns::split(std::string_view line) const { return pattern_->split(line); }

}  // namespace prun
