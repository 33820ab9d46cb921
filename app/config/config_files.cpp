// See config_files.hpp.
#include "config/config_files.hpp"

#include "usage_error.hpp"

#include "command/command_words.hpp"
#include "sys/text_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <sstream>
#include <string_view>
#include <system_error>

namespace prun::app {
namespace {

constexpr std::size_t most_bytes = std::size_t{1} << 20;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// The folders of the configuration, the system's first.
std::vector<std::string> folders() {
  std::vector<std::string> found{"/etc/prun"};
  if (const std::string own = variable("XDG_CONFIG_HOME"); own.starts_with('/')) {
    found.push_back(own + "/prun");
  } else if (const std::string home = variable("HOME"); !home.empty()) {
    found.push_back(home + "/.config/prun");
  }
  return found;
}

void add_line(const std::string& place, const std::string& text, std::vector<ConfigLine>& lines) {
  const std::size_t begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos || text[begin] == '#') return;
  if (const auto nul = text.find('\0'); nul != std::string::npos)
    throw UsageError(fmt::format("{}: the line contains a NUL byte at offset {}", place, nul));
  auto words = command::split_words(text);
  if (!words) throw UsageError(fmt::format("{}: {}", place, words.error().message));
  if (!words->empty()) lines.push_back({place, std::move(*words)});
}

/// @param numbered the place of a line is that of the text with the number of the line
void add_lines(const std::string& place, const std::string& text, bool numbered, std::vector<ConfigLine>& lines) {
  std::istringstream all(text);
  std::size_t number = 0;
  for (std::string line; std::getline(all, line);) {
    if (line.ends_with('\r')) line.pop_back();  // a file from Windows
    ++number;
    add_line(numbered ? fmt::format("{}:{}", place, number) : place, line, lines);
  }
}

/// @return false if there is no such file
bool add_file(const std::string& path, std::vector<ConfigLine>& lines) {
  if (::access(path.c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR)) return false;
  std::string text;
  try {
    text = sys::read_text_file(path, most_bytes);
  } catch (const std::system_error& error) {
    throw UsageError(fmt::format("{} cannot be read: {}; --no-config runs without it", path, error.code().message()));
  }
  add_lines(path, text, true, lines);
  return true;
}

void add_profile(const std::string& name, std::vector<ConfigLine>& lines) {
  if (name.empty() || name.find('/') != std::string::npos)
    throw UsageError(fmt::format("--profile takes the name of a profile, not '{}'", name));
  bool found = false;
  std::string tried;
  for (const std::string& folder : folders()) {
    const std::string path = fmt::format("{}/{}.options", folder, name);
    found = add_file(path, lines) || found;
    tried.append(tried.empty() ? "" : " nor ").append(path);
  }
  if (!found) throw UsageError(fmt::format("there is no profile {}: neither {} exists", name, tried));
}

}  // namespace

std::vector<ConfigLine> read_config(const std::optional<std::string>& profile) {
  std::vector<ConfigLine> lines;
  for (const std::string& folder : folders()) static_cast<void>(add_file(folder + "/options", lines));
  if (profile) add_profile(*profile, lines);
  const std::string own = variable("PRUN_OPTIONS");
  add_lines("$PRUN_OPTIONS", own, own.find('\n') != std::string::npos, lines);
  return lines;
}

}  // namespace prun::app
