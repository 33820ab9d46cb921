// What the words of a command line and its options name as input, as one source of tasks. It does not know what is done
// with the tasks.
//
//   FUNCTION INPUT...      each word as in word.hpp; `-` stands for the lines of standard input, but not behind `--`
//   FUNCTION ::: INPUT...  each word is a value: never a range, a product or `-`
//   'CALL' 'CALL'...       each word as in call_text.hpp
//   --tasks FILE           a file as in json_tasks.hpp; `-` is standard input
//   nothing                standard input as a task file, where it is not a terminal
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
  bool unpack = false;                    ///< an array is the arguments (starmap, submit, apply), not the one argument
  bool one_call = false;                  ///< apply: all INPUTs are the arguments of one call
  std::vector<std::string> words;         ///< behind the mode
  std::size_t plain_from = SIZE_MAX;      ///< words from here on stood behind `--`: neither `-` nor a call
  std::size_t values_from = SIZE_MAX;     ///< words from here on stood behind `:::`: values alone
  std::optional<std::string> tasks_file;  ///< --tasks
  bool text = false;                      ///< --text: INPUTs and the lines of `-` are strings as they stand
  bool null_separated = false;            ///< --null: what `-` reads ends at NUL bytes instead of newlines
  bool stdin_is_terminal = false;
  int stdin_fd = 0;  ///< stays its owner's

  /// Returns true where the word stands for the lines of standard input.
  [[nodiscard]] bool reads_lines_at(std::size_t index) const;
  [[nodiscard]] bool reads_lines() const;  ///< of any word
};

/// Everything that can be known before a task runs is checked here: unknown functions, bad words, arguments of a wrong
/// type or number, files that cannot be opened. Ranges and products are not expanded for that.
/// @param registry must outlive the source
[[nodiscard]] tl::expected<std::unique_ptr<TaskSource>, InputError> open_source(const InputOptions& options,
                                                                                Registry& registry);

}  // namespace prun
