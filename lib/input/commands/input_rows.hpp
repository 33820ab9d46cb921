// Rows of inputs, one input from each list. A single list is read incrementally; several lists are all kept in memory.
#pragma once

#include "input/task_source.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun {

struct CommandInputOptions;

using InputRow = std::vector<std::string>;

class InputRows {
 public:
  InputRows() = default;
  InputRows(const InputRows&) = delete;
  InputRows& operator=(const InputRows&) = delete;
  virtual ~InputRows() = default;

  virtual Pull next(InputRow& row) = 0;
  /// The number of rows left if it is known, at most the largest integer.
  [[nodiscard]] virtual std::optional<std::uint64_t> remaining() const = 0;
  [[nodiscard]] virtual int wait_fd() const = 0;
  [[nodiscard]] virtual const InputError& error() const = 0;
};

using RowsOrError = tl::expected<std::unique_ptr<InputRows>, InputError>;

/// @param headers the first row of each list is added to them, if the options say that it names the columns
[[nodiscard]] RowsOrError open_rows(const CommandInputOptions& options, InputRow& headers);

}  // namespace prun
