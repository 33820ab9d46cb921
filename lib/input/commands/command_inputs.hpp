// The inputs of a command, as GNU parallel and xargs take them: lists from the command line, from files and from standard
// input; their product, or linked; split into columns; gathered into batches. Or standard input itself, cut into blocks. It
// does not know the command.
#pragma once

#include "function/function.hpp"
#include "input/commands/pipe_options.hpp"
#include "input/task_source.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun {

/// One source of inputs: `::: a b c`, `:::: FILE`, the INPUT words.
struct InputList {
  std::vector<std::string> words;
  std::optional<std::string> file;  ///< a file whose lines replace the words; `-` is standard input
  bool linked = false;              ///< `:::+`, `::::+`: linked with the previous list
  std::size_t literal_from = 0;     ///< words before this position may be ranges, or `-` for standard input

  /// The file whose lines are the inputs: `file`, or `-` if it is the only word.
  [[nodiscard]] std::optional<std::string> file_of_lines() const;
};

/// Which ends of an input lose their blanks.
enum class Trim : std::uint8_t { none, left, right, both };

struct CommandInputOptions {
  std::vector<InputList> lists{};                 ///< empty: the lines of standard input
  std::optional<std::string> column_separator{};  ///< --colsep: a regular expression (RE2)
  std::size_t max_args = 1;                       ///< maximum number of inputs of one call
  std::size_t max_bytes = 0;                      ///< limit for a call's inputs, with one pointer each; 0: none
  unsigned spread_over = 0;                       ///< spread the inputs over so many workers; 0: fill each call
  bool null_separated = false;                    ///< lines, and the records of `pipe`, end with NUL
  std::optional<char> delimiter{};                ///< what lines end with instead of a newline; not for `pipe`
  Trim trim = Trim::none;
  bool link = false;      ///< all lists are combined side by side; a shorter one starts again
  bool shuffled = false;  ///< in a random order, which depends only on `seed`
  std::uint64_t seed = 0;
  bool no_args = false;   ///< a call for each input, which does not get it
  bool csv = false;       ///< lines are records of comma-separated values
  bool header = false;    ///< the first row of each list names its columns
  bool one_call = false;  ///< apply: all inputs in one call, even if there are none
  bool pipe = false;      ///< no inputs: standard input is passed to the commands in blocks
  bool scripts = false;   ///< lines are command lines, as in a file for a shell
  PipeOptions blocks{};   ///< for `pipe`
  int stdin_fd = 0;       ///< the caller keeps it
};

/// @param function must outlive the source; called with the inputs, as strings, and for pipe with the keyword `stdin`
/// @param names with `header`: those of all columns are added; their rows are read and waited for
[[nodiscard]] tl::expected<std::unique_ptr<TaskSource>, InputError> open_command_inputs(
    const CommandInputOptions& options, const Function& function, std::vector<std::string>* names = nullptr);

}  // namespace prun
