// Opens the input that the words and options of a command line describe, as one source of tasks. It does not know what
// happens to the tasks.
//
//   FUNCTION INPUT...      each word as in word.hpp; `-` means the lines of standard input, but not after `--`
//   FUNCTION ::: INPUT...  each word is a value: never a range, a product or `-`
//   'CALL' 'CALL'...       each word as in call_text.hpp
//   --tasks FILE           a file as in json_tasks.hpp; `-` is standard input
//   nothing                standard input as a task file, unless it is a terminal
#pragma once

#include "function/registry.hpp"
#include "input/task_source.hpp"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun {

struct InputOptions {
  bool unpack = false;                    ///< an array is the arguments (starmap, submit, apply), not the only argument
  bool one_call = false;                  ///< apply: all INPUTs are the arguments of one call
  std::vector<std::string> words;         ///< after the mode
  std::size_t plain_from = SIZE_MAX;      ///< words from here on come after `--`: neither `-` nor a call
  std::size_t values_from = SIZE_MAX;     ///< words from here on come after `:::`: only values
  std::optional<std::string> tasks_file;  ///< --tasks
  bool text = false;                      ///< --text: INPUTs and the lines of `-` are strings without interpretation
  bool null_separated = false;            ///< --null: texts from `-` end at NUL bytes instead of newlines
  bool stdin_is_terminal = false;
  int stdin_fd = 0;  ///< the caller keeps it

  /// Returns true if the word means the lines of standard input.
  [[nodiscard]] bool reads_lines_at(std::size_t index) const;
  [[nodiscard]] bool reads_lines() const;  ///< of any word
};

/// Checks everything that can be checked before a task runs: unknown functions, bad words, arguments of a wrong type or
/// number, files that cannot be opened. It does not expand ranges and products for this.
/// @param registry must outlive the source
[[nodiscard]] tl::expected<std::unique_ptr<TaskSource>, InputError> open_source(const InputOptions& options,
                                                                                Registry& registry);

}  // namespace prun
