// What the user asked of the output, as plain data.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace prun {

namespace command {
class OutputTurn;
}

enum class Format : std::uint8_t { text, json, jsonl, csv, tsv, raw };

/// How `text` shows a result.
enum class TextStyle : std::uint8_t {
  table,  ///< `18:33:51.401014   8         34`: map, starmap, imap
  pairs,  ///< a table where a result [input, output] shows its output alone: imap_unordered
  calls,  ///< `fib(8) = 34`: submit, apply
};

using Clock = std::function<std::chrono::system_clock::time_point()>;

struct OutputOptions {
  using Format = prun::Format;

  Format format = Format::text;
  std::optional<std::string> format_template;  ///< goes before `format`; see format_template.hpp
  TextStyle style = TextStyle::table;
  bool tag = false;                              ///< a command's inputs before each line that it wrote
  std::optional<std::string> results_directory;  ///< what commands write is kept here too
  const command::OutputTurn* turn = nullptr;     ///< by which tasks may write their outputs themselves; null: none does
  bool quiet = false;  ///< failures are not told on standard error; results are printed as ever
  Clock clock = std::chrono::system_clock::now;  ///< the time of day on a line
};

}  // namespace prun
