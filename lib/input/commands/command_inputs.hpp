// The inputs of a command as GNU parallel and xargs take them: lists from the command line, from files, from standard input;
// their product, or side by side; split into columns; gathered into batches; or standard input itself, cut into blocks. It
// does not know what the command is.
#pragma once

#include "function/function.hpp"
#include "input/task_source.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun {

/// One source of inputs: `::: a b c`, `:::: FILE`, the INPUT words.
struct InputList {
  std::vector<std::string> words;
  std::optional<std::string> file;  ///< its lines, instead of words; `-` is standard input
  bool linked = false;              ///< `:::+`, `::::+`: goes side by side with the list before it
  std::size_t literal_from = 0;     ///< words before this place may be ranges, and a lone `-` standard input

  /// The file whose lines are the inputs: `file`, or `-` where that is the only word.
  [[nodiscard]] std::optional<std::string> file_of_lines() const;
};

struct CommandInputOptions {
  std::vector<InputList> lists{};                 ///< none: the lines of standard input
  std::optional<std::string> column_separator{};  ///< --colsep: a regular expression (RE2)
  std::size_t max_args = 1;                       ///< inputs of one call
  std::size_t max_bytes = 0;                      ///< of a call's inputs, with a pointer each; 0: no limit
  bool null_separated = false;                    ///< lines, and the records of `pipe`, end with NUL
  bool one_call = false;                          ///< apply: all inputs together, none too
  bool pipe = false;                              ///< no inputs: standard input goes to the commands' own, in blocks
  std::size_t block = std::size_t{1} << 20;
  int stdin_fd = 0;  ///< stays its owner's
};

/// @param function must outlive the source; called with the inputs, as strings, and for pipe with the keyword `stdin`
[[nodiscard]] tl::expected<std::unique_ptr<TaskSource>, InputError> open_command_inputs(
    const CommandInputOptions& options, const Function& function);

}  // namespace prun
