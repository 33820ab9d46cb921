// See failure_groups.hpp.
#include "history/failure_groups.hpp"

#include "event/printable.hpp"

#include <algorithm>
#include <cctype>

namespace prun::history {
namespace {

constexpr std::size_t longest_pattern = 400;
constexpr std::size_t longest_message = 4000;
constexpr std::size_t most_groups = 1000;
constexpr std::size_t least_hex = 6;  // "deadbeef", but not "added"

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }
bool is_letter(char c) noexcept { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool ends_path(char c) noexcept {
  return std::string_view(" \t\n\r'\"`:,;()[]{}<>|").find(c) != std::string_view::npos;
}

template <class Belongs>
std::size_t length_while(std::string_view text, Belongs belongs) {
  return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
}

/// A path begins with `/`, `./`, `../` or `~/`, and no word character precedes it.
std::size_t path_length(std::string_view text) {
  const bool begins =
      text.starts_with('/') || text.starts_with("./") || text.starts_with("../") || text.starts_with("~/");
  const std::size_t length = length_while(text, [](char c) { return !ends_path(c); });
  return begins && length > 1 ? length : 0;
}

std::size_t hex_length(std::string_view text) {
  if (text.starts_with("0x") || text.starts_with("0X")) {
    const std::size_t digits = length_while(text.substr(2), is_hex);
    return digits == 0 ? 0 : digits + 2;
  }
  const std::size_t length = length_while(text, is_hex);
  const std::string_view digits = text.substr(0, length);
  const bool mixed = std::any_of(digits.begin(), digits.end(), is_digit) &&
                     std::any_of(digits.begin(), digits.end(), [](char c) { return is_letter(c); });
  const bool whole = length == text.size() || !is_letter(text[length]);
  return mixed && whole && length >= least_hex ? length : 0;
}

/// With its sign, point and exponent.
std::size_t number_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    const std::size_t digits = length_while(text.substr(length), is_digit);
    if (digits == 0) return length;
    length += digits;
    if (length + 1 >= text.size() || text[length] != '.' || !is_digit(text[length + 1])) return length;
    ++length;
  }
  return length;
}

}  // namespace

std::string message_pattern(std::string_view message) {
  std::string pattern;
  bool in_word = false;
  while (!message.empty() && pattern.size() < longest_pattern) {
    const std::size_t path = in_word ? 0 : path_length(message);
    const std::size_t hex = path != 0 || in_word ? 0 : hex_length(message);
    const std::size_t number = path != 0 || hex != 0 ? 0 : number_length(message);
    pattern += path != 0 ? "PATH" : hex != 0 ? "HEX" : number != 0 ? "N" : std::string(1, message.front());
    const std::size_t taken = std::max<std::size_t>(path + hex + number, 1);
    in_word = is_letter(message[taken - 1]) || is_digit(message[taken - 1]);
    message.remove_prefix(taken);
  }
  return std::string(cut_utf8(pattern, longest_pattern));
}

void FailureGroups::add(FailureKind kind, std::string_view message, std::uint64_t index, bool final,
                        const std::function<std::string()>& call) {
  std::string pattern = message_pattern(message);
  std::string key = std::string(1, static_cast<char>(kind)) + pattern;
  auto place = places_.find(key);
  if (place == places_.end()) {
    if (groups_.size() >= most_groups) {
      ++ungrouped_;
      return;
    }
    place = places_.emplace(std::move(key), groups_.size()).first;
    groups_.push_back({kind, std::move(pattern), 0, 0, index, call(), std::string(cut_utf8(message, longest_message))});
  }
  FailureGroup& group = groups_[place->second];
  ++group.attempts;
  if (final) ++group.tasks;
}

std::vector<FailureGroup> FailureGroups::sorted() const {
  std::vector<FailureGroup> sorted = groups_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const FailureGroup& a, const FailureGroup& b) {
    return a.tasks != b.tasks ? a.tasks > b.tasks : a.attempts > b.attempts;
  });
  return sorted;
}

}  // namespace prun::history
