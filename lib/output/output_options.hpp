// The user's output options, as plain data.
#pragma once

#include "command/tag.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace prun {

namespace command {
class OutputTurn;
}

enum class Format : std::uint8_t { text, json, jsonl, csv, tsv, raw, junit };

/// How the `text` format shows a result.
enum class TextStyle : std::uint8_t {
  table,  ///< `18:33:51.401014   8         34`: map, starmap, imap
  pairs,  ///< a table in which a result [input, output] shows only its output: imap_unordered
  calls,  ///< `fib(8) = 34`: submit, apply
};

using Clock = std::function<std::chrono::system_clock::time_point()>;

struct OutputOptions {
  using Format = prun::Format;

  Format format = Format::text;
  std::optional<std::string> format_template;  ///< takes precedence over `format`; see format_template.hpp
  TextStyle style = TextStyle::table;
  std::optional<command::Tag> tag{};             ///< before each line of a command's output
  std::optional<std::string> results_directory;  ///< also save the output of commands here
  const command::OutputTurn* turn = nullptr;     ///< lets tasks print their output themselves; null: none does
  bool commands = false;                         ///< all tasks are calls of one command with inputs
  std::vector<std::string> column_names{};       ///< of these inputs; empty: they have none
  bool quiet = false;         ///< do not report failures on standard error; results are printed as usual
  bool red_failures = false;  ///< standard error is a terminal that shows colours
  /// --files: what commands write to standard output is kept in files, whose names are printed.
  bool saves_files = false;
  Clock clock = std::chrono::system_clock::now;  ///< the time of day on a line
};

}  // namespace prun
