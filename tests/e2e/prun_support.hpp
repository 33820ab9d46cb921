// What the end-to-end tests share: the real binary, and readers of what it prints. It knows only what a user can see.
#pragma once

#include "support/process.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::test {

/// The binary: $PRUN_BINARY, or the one that was built with the tests.
[[nodiscard]] std::string prun_binary();

/// A command line of prun's, to be completed or run.
[[nodiscard]] Command prun_command(std::vector<std::string> arguments, std::string input = {});

[[nodiscard]] Result run_prun(std::vector<std::string> arguments, std::string input = {});

/// One JSON value a line.
[[nodiscard]] std::vector<nlohmann::json> json_lines(std::string_view text);

/// RFC 4180, by the letter: rows of fields.
[[nodiscard]] std::vector<std::vector<std::string>> csv_rows(std::string_view text);

/// `18:33:51.401014` in seconds since midnight.
[[nodiscard]] double seconds_of_day(std::string_view time);

/// What the article's fib gives.
[[nodiscard]] std::int64_t fib(int n);

/// The article's table without its times: `  1          1`.
[[nodiscard]] std::string table_row(std::int64_t input, std::int64_t result);

/// Each line behind its time of day, which is checked for its form.
[[nodiscard]] std::vector<std::string> without_times(std::string_view text);

/// A file of a test's own, gone with the test.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view content, const std::string& suffix = ".json");
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace prun::test
