#include "cluster/slurm.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

namespace prun::cluster {
namespace {

constexpr std::size_t most_nodes = 100'000;

std::optional<std::uint32_t> number_in(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The parts between commas that are not inside brackets.
std::vector<std::string_view> parts_of(std::string_view list) {
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= list.size(); ++i) {
    if (i < list.size() && list[i] == '[') ++depth;
    if (i < list.size() && list[i] == ']') --depth;
    if (i < list.size() && (list[i] != ',' || depth != 0)) continue;
    parts.push_back(list.substr(begin, i - begin));
    begin = i + 1;
  }
  return parts;
}

/// "01-03" as "01", "02", "03"; a single number as itself.
std::optional<std::vector<std::string>> numbers_of(std::string_view range) {
  const auto dash = range.find('-');
  const std::string_view low = range.substr(0, dash);
  const std::string_view high = dash == std::string_view::npos ? low : range.substr(dash + 1);
  const auto first = number_in(low);
  const auto last = number_in(high);
  if (!first || !last || *first > *last || *last - *first >= most_nodes) return std::nullopt;
  std::vector<std::string> numbers;
  for (std::uint32_t i = *first; i <= *last; ++i) numbers.push_back(fmt::format("{:0{}}", i, low.size()));
  return numbers;
}

/// Appends the names that a pattern with brackets stands for. False: it is none.
bool expand(const std::string& before, std::string_view pattern, std::vector<std::string>& names) {
  const auto open = pattern.find('[');
  if (open == std::string_view::npos) {
    names.push_back(before + std::string(pattern));
    return names.size() <= most_nodes;
  }
  const auto close = pattern.find(']', open);
  if (close == std::string_view::npos) return false;
  const std::string stem = before + std::string(pattern.substr(0, open));
  for (const std::string_view range : parts_of(pattern.substr(open + 1, close - open - 1))) {
    const auto numbers = numbers_of(range);
    if (!numbers) return false;
    for (const std::string& number : *numbers) {
      if (!expand(stem + number, pattern.substr(close + 1), names)) return false;
    }
  }
  return true;
}

}  // namespace

tl::expected<std::vector<std::string>, std::string> expand_nodes(std::string_view list) {
  std::vector<std::string> names;
  for (const std::string_view part : parts_of(list)) {
    if (part.empty() || !expand({}, part, names))
      return tl::unexpected(fmt::format("'{}' is not a list of nodes such as node[01-03],login", list));
  }
  return names;
}

tl::expected<std::vector<std::uint32_t>, std::string> expand_cpus(std::string_view list) {
  std::vector<std::uint32_t> cpus;
  for (std::string_view part : parts_of(list)) {
    std::uint32_t times = 1;
    if (const auto at = part.find("(x"); at != std::string_view::npos && part.ends_with(')')) {
      times = number_in(part.substr(at + 2, part.size() - at - 3)).value_or(0);
      part = part.substr(0, at);
    }
    const auto count = number_in(part);
    if (!count || times == 0 || times > most_nodes)
      return tl::unexpected(fmt::format("'{}' is not a list of numbers of CPUs such as 2(x3),4", list));
    cpus.insert(cpus.end(), times, *count);
  }
  return cpus;
}

}  // namespace prun::cluster
