// The format is make's: a first word of single letters without a dash, if there are any, then options, and after `--` the
// variables of its command line.
#include "jobserver/make_flags.hpp"

#include <algorithm>
#include <charconv>
#include <system_error>

namespace prun::jobserver {
namespace {

constexpr std::string_view auth_option = "--jobserver-auth=";
constexpr std::string_view fds_option = "--jobserver-fds=";  // its name before make 4.2
constexpr std::string_view fifo_prefix = "fifo:";

/// Removes the next word from `text` and returns it.
std::string_view take_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::string_view word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Address> address_in(std::string_view text) {
  if (text.starts_with(fifo_prefix)) {
    text.remove_prefix(fifo_prefix.size());
    if (text.empty()) return std::nullopt;
    return Address{std::string(text), -1, -1};
  }
  const auto comma = text.find(',');
  if (comma == std::string_view::npos) return std::nullopt;
  const auto read = number(text.substr(0, comma));
  const auto write = number(text.substr(comma + 1));
  if (!read || !write) return std::nullopt;
  return Address{"", *read, *write};
}

/// The value of the option that describes a jobserver. Absent if the word is another option.
std::optional<std::string_view> jobserver_option(std::string_view word) {
  for (const std::string_view option : {auth_option, fds_option}) {
    if (word.starts_with(option)) return word.substr(option.size());
  }
  return std::nullopt;
}

}  // namespace

MakeFlags parse_make_flags(std::string_view text) {
  MakeFlags flags;
  const std::string_view letters = text.substr(0, text.find(' '));
  const bool has_letters = !letters.starts_with('-') && letters.find('=') == std::string_view::npos;
  flags.dry_run = has_letters && letters.find('n') != std::string_view::npos;
  for (std::string_view word = take_word(text); !word.empty() && word != "--"; word = take_word(text)) {
    if (const auto value = jobserver_option(word)) flags.jobserver = address_in(*value);
  }
  return flags;
}

std::string with_jobserver(std::string_view text, const Address& address, unsigned jobs) {
  std::string result(text.starts_with('-') ? "" : text.substr(0, text.find(' ')));  // the letters
  text.remove_prefix(result.size());
  std::string_view word = take_word(text);
  for (; !word.empty() && word != "--"; word = take_word(text)) {
    if (!jobserver_option(word)) result.append(" ").append(word);
  }
  result += " -j" + std::to_string(jobs) + ' ';
  result += auth_option;
  result += address.fifo.empty() ? std::to_string(address.read) + ',' + std::to_string(address.write)
                                 : std::string(fifo_prefix) + address.fifo;
  if (word == "--") result.append(" --").append(text);
  return result;
}

}  // namespace prun::jobserver
