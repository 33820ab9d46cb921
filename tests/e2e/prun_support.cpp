// What the end-to-end tests share; see prun_support.hpp.
#include "prun_support.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <utility>

namespace prun::test {

std::string prun_binary() {
  if (const char* path = std::getenv("PRUN_BINARY")) return path;
#ifdef PRUN_BINARY
  return PRUN_BINARY;
#else
  throw std::runtime_error("PRUN_BINARY does not say where prun is");
#endif
}

Command prun_command(std::vector<std::string> arguments, std::string input) {
  Command command;
  command.arguments = std::move(arguments);
  command.arguments.insert(command.arguments.begin(), prun_binary());
  command.input = std::move(input);
  // The tests may be run by a make, and by someone who has a configuration.
  command.environment = {{"TZ", "UTC"}, {"MAKEFLAGS", ""}, {"XDG_CONFIG_HOME", "/no/such"}, {"PRUN_OPTIONS", ""}};
  return command;
}

Result run_prun(std::vector<std::string> arguments, std::string input) {
  return run_command(prun_command(std::move(arguments), std::move(input)));
}

std::vector<nlohmann::json> json_lines(std::string_view text) {
  std::vector<nlohmann::json> values;
  for (const std::string& line : lines_of(text)) values.push_back(nlohmann::json::parse(line));
  return values;
}

std::vector<std::vector<std::string>> csv_rows(std::string_view text) {
  std::vector<std::vector<std::string>> rows;
  std::vector<std::string> row(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '"' && text.substr(i + 1).starts_with('"')) {
      row.back() += text[i++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (quoted || (c != ',' && c != '\r' && c != '\n')) {
      row.back() += c;
    } else if (c == ',') {
      row.emplace_back();
    } else if (c == '\n') {
      rows.push_back(std::exchange(row, std::vector<std::string>(1)));
    }
  }
  return rows;
}

double seconds_of_day(std::string_view time) {
  static const std::regex form(R"((\d\d):(\d\d):(\d\d\.\d{6}))");
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(time.begin(), time.end(), match, form))
    throw std::runtime_error("no time: " + std::string(time));
  return 3600 * std::stod(match.str(1)) + 60 * std::stod(match.str(2)) + std::stod(match.str(3));
}

std::int64_t fib(int n) {
  std::int64_t before = 1;
  std::int64_t now = 1;
  for (int i = 1; i < n; ++i) before = std::exchange(now, now + before);
  return now;
}

std::string table_row(std::int64_t input, std::int64_t result) {
  std::string row(64, '\0');
  row.resize(static_cast<std::size_t>(std::snprintf(row.data(), row.size(), "%3lld %10lld",
                                                    static_cast<long long>(input), static_cast<long long>(result))));
  return row;
}

std::vector<std::string> without_times(std::string_view text) {
  std::vector<std::string> rows;
  for (const std::string& line : lines_of(text)) {
    constexpr std::size_t time_size = 15;
    (void)seconds_of_day(std::string_view(line).substr(0, time_size));
    if (line.substr(time_size, 1) != " ") throw std::runtime_error("no space behind the time: " + line);
    rows.push_back(line.substr(time_size + 1));
  }
  return rows;
}

TemporaryFile::TemporaryFile(std::string_view content, const std::string& suffix) {
  path_ = (std::filesystem::temp_directory_path() / ("prun-test-XXXXXX" + suffix)).string();
  const int fd = ::mkstemps(path_.data(), static_cast<int>(suffix.size()));
  if (fd < 0) throw std::runtime_error("cannot make " + path_);
  ::close(fd);
  std::ofstream(path_, std::ios::binary) << content;
}

TemporaryFile::~TemporaryFile() { std::filesystem::remove(path_); }

}  // namespace prun::test
