// Parses numbers in options; see numbers.hpp.
#include "numbers.hpp"

#include "usage_error.hpp"

#include "sys/text_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <iomanip>
#include <optional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

namespace prun::app {
namespace {

std::optional<std::uint64_t> whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

[[noreturn]] void refuse(std::string_view option, std::string_view what_is_right, std::string_view text) {
  throw UsageError(fmt::format("{} takes {}, not '{}'", option, what_is_right, text));
}

constexpr std::string_view jobs_examples = "8, 50%, +2 or -1";

/// Absent if the text is no such number; 0 if it is too small.
std::optional<std::uint64_t> number_of_jobs(std::string_view text, std::uint64_t cpu_budget) {
  constexpr std::uint64_t too_many = std::uint64_t{100} * max_workers;
  const bool more = text.starts_with('+');
  const bool fewer = text.starts_with('-');
  const bool percent = text.ends_with('%');
  if (more || fewer) text.remove_prefix(1);
  if (percent) text.remove_suffix(1);
  const auto number = whole_number(text);
  if (!number || (percent && (more || fewer))) return std::nullopt;
  if (*number > too_many) return more || !fewer ? too_many : 1;
  if (more) return cpu_budget + *number;
  if (fewer) return cpu_budget > *number ? cpu_budget - *number : 1;
  if (!percent && *number == 0) return as_many_workers;
  if (percent && *number > 0) return std::max<std::uint64_t>(1, *number * cpu_budget / 100);
  return *number;
}

/// The first word of a file; empty if it has none; absent if it cannot be read.
std::optional<std::string> first_word_of(std::string_view path) {
  constexpr std::size_t most_bytes = std::size_t{64} << 10;
  try {
    std::istringstream file(sys::read_text_file(std::string(path), most_bytes));
    std::string word;
    file >> std::setw(64) >> word;
    return word;
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

struct Unit {
  std::string_view name;
  unsigned shift;
};

/// The shift for a unit such as `K`, `KiB` or `kb`; absent if there is no such unit.
std::optional<unsigned> shift_of(std::string_view unit) {
  static constexpr std::array<Unit, 5> units{{{"k", 10}, {"m", 20}, {"g", 30}, {"t", 40}, {"", 0}}};
  std::string lower(unit);
  for (char& c : lower) c = (c >= 'A' && c <= 'Z') ? static_cast<char>(c - 'A' + 'a') : c;
  for (const std::string_view suffix : {"ib", "b"}) {
    if (lower.ends_with(suffix)) {
      lower.resize(lower.size() - suffix.size());
      break;
    }
  }
  const auto* found = std::find_if(units.begin(), units.end(), [&](const Unit& u) { return u.name == lower; });
  if (found == units.end()) return std::nullopt;
  return found->shift;
}

}  // namespace

std::uint64_t parse_count(std::string_view option, std::string_view text, std::string_view also) {
  const auto number = whole_number(text);
  if (!number || *number == 0) refuse(option, fmt::format("a whole number of 1 or more{}", also), text);
  return *number;
}

std::uint64_t parse_seed(std::string_view option, std::string_view text) {
  const auto number = whole_number(text);
  if (!number) refuse(option, "a whole number from 0 to 18446744073709551615", text);
  return *number;
}

bool names_jobs_file(std::string_view text) { return !number_of_jobs(text, 1); }

unsigned parse_jobs(std::string_view option, std::string_view text, unsigned cpu_budget) {
  auto workers = number_of_jobs(text, cpu_budget);
  if (const auto from_file = workers ? std::nullopt : first_word_of(text)) {
    workers = number_of_jobs(*from_file, cpu_budget);
    if (!workers || *workers == 0)
      throw UsageError(fmt::format("{} {}: the file holds '{}'; it must hold a number of workers such as {}", option,
                                   text, *from_file, jobs_examples));
  }
  if (!workers || *workers == 0)
    refuse(option, fmt::format("1 or more workers, such as {}, or a file that holds one of these", jobs_examples),
           text);
  if (*workers > max_workers) refuse(option, fmt::format("at most {} workers", max_workers), text);
  return static_cast<unsigned>(*workers);
}

char parse_character(std::string_view option, std::string_view text) {
  static constexpr std::array<std::pair<char, char>, 6> escapes{
      {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'0', '\0'}, {'\\', '\\'}, {'f', '\f'}}};
  if (text.size() == 1) return text.front();
  if (text.size() == 2 && text.front() == '\\') {
    const auto* found = std::find_if(escapes.begin(), escapes.end(), [&](const auto& e) { return e.first == text[1]; });
    if (found != escapes.end()) return found->second;
  }
  if (text.size() == 4 && text.starts_with("\\x")) {
    unsigned char code = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + 4, code, 16);
    if (error == std::errc{} && end == text.data() + 4) return static_cast<char>(code);
  }
  refuse(option, R"(one character, or \n, \t, \r, \f, \0, \\ or \xHH)", text);
}

std::string parse_escapes(std::string_view option, std::string_view text) {
  std::string made;
  while (!text.empty()) {
    const std::size_t size = !text.starts_with('\\') || text.size() == 1 ? 1 : text[1] == 'x' ? 4 : 2;
    made += parse_character(option, text.substr(0, size));
    text.remove_prefix(std::min(size, text.size()));
  }
  return made;
}

std::size_t parse_size(std::string_view option, std::string_view text) {
  const auto digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = whole_number(text.substr(0, digits));
  const auto shift = shift_of(text.substr(digits));
  if (!number || !shift || *number == 0) {
    refuse(option, "a size of 1 byte or more, such as 4096, 64K, 16M or 1G", text);
  }
  if (*number > (std::numeric_limits<std::size_t>::max() >> *shift)) refuse(option, "a size that fits 64 bits", text);
  return static_cast<std::size_t>(*number) << *shift;
}

std::chrono::nanoseconds parse_duration(std::string_view option, std::string_view text, bool may_be_zero) {
  static constexpr std::array<std::pair<std::string_view, double>, 8> units{
      {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"ns", 1e-9}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  double number = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const auto* found = std::find_if(units.begin(), units.end(), [unit](const auto& u) { return u.first == unit; });
  const bool in_range = number > 0 || (may_be_zero && number == 0);
  if (error != std::errc{} || found == units.end() || !in_range || number * found->second > 1e9) {
    refuse(option, "a time such as 30s, 500ms, 2m or 1.5 (seconds)", text);
  }
  const std::chrono::nanoseconds time(static_cast<std::int64_t>(number * found->second * 1e9));
  return may_be_zero ? time : std::max(time, std::chrono::nanoseconds(1000));
}

int parse_nice(std::string_view option, std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < -20 || value > 19) {
    refuse(option, "a whole number from -20 to 19", text);
  }
  return value;
}

}  // namespace prun::app
