// Walks over the tokens of JSON text: strings, numbers, words, punctuation.
#include "input/json/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace prun {
namespace {

/// The tokens of JSON text, one at a time. It also makes tokens from invalid text and always terminates.
class Tokens {
 public:
  explicit Tokens(std::string_view text) noexcept : text_(text) {}

  /// Empty at the end.
  std::string_view next() noexcept {
    at_ = std::min(text_.find_first_not_of(json_space, at_ + size_), text_.size());
    size_ = length(text_.substr(at_));
    return text_.substr(at_, size_);
  }
  [[nodiscard]] std::size_t offset() const noexcept { return at_; }

 private:
  static std::size_t length(std::string_view rest) noexcept {
    if (rest.empty()) return 0;
    if (rest.front() == '"') {
      std::size_t i = 1;
      while (i < rest.size() && rest[i] != '"') i += rest[i] == '\\' ? 2u : 1u;
      return std::min(i + 1, rest.size());
    }
    if (std::string_view("[]{}:,").find(rest.front()) != std::string_view::npos) return 1;
    return std::min(rest.find_first_of("[]{}:,\" \t\r\n"), rest.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t size_ = 0;
};

/// +1 for a token that opens a container, -1 for one that closes it.
int nesting(std::string_view token) noexcept {
  if (token == "[" || token == "{") return 1;
  return token == "]" || token == "}" ? -1 : 0;
}

std::size_t digits(std::string_view text, std::size_t from) noexcept {
  return std::min(text.find_first_not_of("0123456789", from), text.size()) - from;
}

bool is_integer_beyond_64_bits(std::string_view token) noexcept {
  const std::size_t sign = token.starts_with('-') ? 1 : 0;
  if (token.size() < sign + 19 || digits(token, sign) != token.size() - sign) return false;
  std::int64_t negative = 0;
  std::uint64_t positive = 0;
  const char* end = token.data() + token.size();
  const auto result =
      sign == 1 ? std::from_chars(token.data(), end, negative) : std::from_chars(token.data(), end, positive);
  return result.ec != std::errc{};
}

}  // namespace

std::string_view without_space_around(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(json_space);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(json_space) + 1 - first);
}

bool is_json_number(std::string_view text) noexcept {
  std::size_t at = text.starts_with('-') ? 1 : 0;
  const std::size_t whole = digits(text, at);
  if (whole == 0 || (whole > 1 && text[at] == '0')) return false;
  at += whole;
  if (at < text.size() && text[at] == '.') {
    const std::size_t fraction = digits(text, ++at);
    if (fraction == 0) return false;
    at += fraction;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
    const std::size_t exponent = digits(text, at);
    if (exponent == 0) return false;
    at += exponent;
  }
  return at == text.size();
}

std::string describe_big_integer(std::string_view json) {
  constexpr std::size_t shown = 40;
  Tokens tokens(json);
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (!is_integer_beyond_64_bits(token)) continue;
    return fmt::format("an integer does not fit 64 bits: {}{}", token.substr(0, shown),
                       token.size() > shown ? "..." : "");
  }
  return "an integer does not fit 64 bits";
}

std::optional<MemberPlace> find_member(std::string_view json, std::string_view key) noexcept {
  Tokens tokens(json);
  int depth = 0;
  bool key_next = false;
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    depth += nesting(token);
    if (depth == 1 && key_next && token.size() == key.size() + 2 && token.substr(1, key.size()) == key) {
      MemberPlace place{tokens.offset(), 0};
      tokens.next();  // the colon
      tokens.next();
      place.value = tokens.offset();
      return place;
    }
    key_next = depth == 1 && (token == "{" || token == ",");
  }
  return std::nullopt;
}

std::optional<std::size_t> find_element(std::string_view json, std::size_t index) noexcept {
  Tokens tokens(json);
  int depth = 0;
  bool element_next = false;
  for (std::string_view token = tokens.next(); !token.empty(); token = tokens.next()) {
    if (element_next && index-- == 0 && token != "]") return tokens.offset();
    depth += nesting(token);
    element_next = depth == 1 && (token == "," || (token == "[" && tokens.offset() == json.find('[')));
  }
  return std::nullopt;
}

}  // namespace prun
