#include "cluster/host.hpp"

#include "command/command_words.hpp"

#include <fmt/format.h>

#include <charconv>

namespace prun::cluster {
namespace {

constexpr std::uint32_t most_workers = 4096;

bool read_workers(std::string_view digits, std::uint32_t& workers) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), workers);
  return error == std::errc{} && end == digits.data() + digits.size() && workers != 0 && workers <= most_workers;
}

std::string bad_workers(std::string_view digits, std::string_view text) {
  return fmt::format("'{}' is not a number of workers, in '{}'", digits, text);
}

tl::expected<Host, std::string> parse_host(std::string_view text) {
  Host host{std::string(text), 0};
  if (text.empty()) return tl::unexpected<std::string>("a name is missing");
  if (text == ":") return host;
  if (text.starts_with('-')) return tl::unexpected(fmt::format("'{}' is not the name of a host", text));
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    auto named = parse_host(text.substr(slash + 1));
    if (!named || !read_workers(text.substr(0, slash), named->workers))
      return tl::unexpected(bad_workers(text.substr(0, slash), text));
    return named;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return host;
  const std::string_view digits = text.substr(colon + 1);
  if (!read_workers(digits, host.workers)) return tl::unexpected(bad_workers(digits, text));
  host.name = colon == 0 ? ":" : text.substr(0, colon);
  return host;
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace

tl::expected<std::vector<Host>, std::string> parse_hosts(std::string_view text) {
  std::vector<Host> hosts;
  for (;;) {
    const auto comma = text.find(',');
    auto host = parse_host(text.substr(0, comma));
    if (!host) return tl::unexpected(std::move(host.error()));
    hosts.push_back(std::move(*host));
    if (comma == std::string_view::npos) return hosts;
    text.remove_prefix(comma + 1);
  }
}

tl::expected<std::vector<Host>, std::string> parse_host_line(std::string_view line) {
  constexpr std::string_view blanks = " \t\r";
  for (auto hash = line.find('#'); hash != std::string_view::npos; hash = line.find('#', hash + 1)) {
    if (hash != 0 && blanks.find(line[hash - 1]) == std::string_view::npos) continue;
    line = line.substr(0, hash);
    break;
  }
  const auto first = line.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  line = line.substr(first, line.find_last_not_of(blanks) + 1 - first);
  if (line.find_first_of(blanks) != std::string_view::npos)
    return tl::unexpected(
        fmt::format("'{}' is more than the name of a host; put options of ssh into ~/.ssh/config, "
                    "or use --launcher",
                    line));
  return parse_hosts(line);
}

std::vector<std::string> launcher_words(const std::vector<std::string>& launcher, std::string_view host,
                                        const std::vector<std::string>& agent) {
  std::vector<std::string> words;
  const bool for_shell = launcher.front() == "ssh" || launcher.front().ends_with("/ssh");  // it joins words by spaces
  for (const std::string& word : launcher) {
    if (word == "{agent}" && !for_shell) {
      words.insert(words.end(), agent.begin(), agent.end());
      continue;
    }
    std::string replaced = word;
    replace_all(replaced, "{agent}", command::join_words(agent));
    replace_all(replaced, "{host}", host);
    words.push_back(std::move(replaced));
  }
  return words;
}

}  // namespace prun::cluster
