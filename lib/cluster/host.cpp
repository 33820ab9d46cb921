#include "cluster/host.hpp"

#include "command/command_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace prun::cluster {
namespace {

constexpr std::uint32_t most_workers = 4096;

bool read_workers(std::string_view digits, std::uint32_t& workers) {
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), workers);
  return error == std::errc{} && end == digits.data() + digits.size() && workers != 0 && workers <= most_workers;
}

std::string bad_workers(std::string_view digits, std::string_view text) {
  return fmt::format("'{}' in '{}' is not a number of workers; write a number from 1 to {}, as in node1:8", digits,
                     text, most_workers);
}

/// Names pass through launchers and shells, so they have none of the characters that mean something there.
bool is_name(std::string_view name) {
  constexpr std::string_view signs = "._-@%+=~";
  const auto may_stand = [signs](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || signs.find(c) != signs.npos ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  const auto at = name.rfind('@');
  std::string_view machine = at == std::string_view::npos ? name : name.substr(at + 1);
  const std::string_view user = at == std::string_view::npos ? std::string_view("user") : name.substr(0, at);
  if (user.empty() || machine.empty() || user.starts_with('-') || machine.starts_with('-')) return false;
  if (machine.starts_with('[') && machine.ends_with(']')) {
    machine = machine.substr(1, machine.size() - 2);
    return !machine.empty() && std::ranges::all_of(user, may_stand) &&
           std::ranges::all_of(machine, [&](char c) { return c == ':' || may_stand(c); });
  }
  return std::ranges::all_of(name, may_stand);
}

tl::expected<Host, std::string> named(Host host, std::string_view text) {
  if (is_name(host.name)) return host;
  const std::string_view advice =
      host.name.find(':') != std::string::npos
          ? "write an IPv6 address in brackets, as in [::1]"
          : "write a name as ssh takes it, such as node1 or user@node1, and put options of ssh into ~/.ssh/config";
  return tl::unexpected(fmt::format("'{}' is not the name of a host; {}", text, advice));
}

tl::expected<Host, std::string> parse_host(std::string_view text) {
  Host host{std::string(text)};
  if (text.empty()) return tl::unexpected<std::string>("a name is missing; write a name before and after each comma");
  if (text == ":") return host;
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    auto behind = parse_host(text.substr(slash + 1));
    if (!behind) return behind;
    if (!read_workers(text.substr(0, slash), behind->workers))
      return tl::unexpected(bad_workers(text.substr(0, slash), text));
    return behind;
  }
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return named(std::move(host), text);
  const std::string_view digits = text.substr(colon + 1);
  if (!read_workers(digits, host.workers)) return tl::unexpected(bad_workers(digits, text));
  host.name = text.substr(0, std::max<std::size_t>(colon, 1));
  return colon == 0 ? host : named(std::move(host), text);
}

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string_view program_of(std::string_view path) { return path.substr(path.find_last_of('/') + 1); }

/// The word behind `sh -c` or `bash -lc` is text for that shell.
bool is_script_of_shell(const std::vector<std::string>& words, std::size_t at) {
  constexpr std::array<std::string_view, 5> shells{"sh", "bash", "dash", "zsh", "ksh"};
  if (at < 2 || !words[at - 1].starts_with('-') || !words[at - 1].ends_with('c')) return false;
  return std::ranges::find(shells, program_of(words[at - 2])) != shells.end();
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
                    "or start agents with --launcher",
                    line));
  return parse_hosts(line);
}

std::vector<std::string> launcher_words(const std::vector<std::string>& launcher, const Host& host,
                                        const std::vector<std::string>& agent) {
  std::vector<std::string> words;
  const bool joins_words = program_of(launcher.front()) == "ssh";
  for (std::size_t i = 0; i < launcher.size(); ++i) {
    const std::string& word = launcher[i];
    if (word == "{agent}" && !joins_words && !is_script_of_shell(launcher, i)) {
      words.insert(words.end(), agent.begin(), agent.end());
      continue;
    }
    std::string replaced = word;
    replace_all(replaced, "{agent}", command::join_words(agent));
    replace_all(replaced, "{host}", host.name);
    replace_all(replaced, "{cpus}", std::to_string(host.cpus));
    words.push_back(std::move(replaced));
  }
  return words;
}

}  // namespace prun::cluster
