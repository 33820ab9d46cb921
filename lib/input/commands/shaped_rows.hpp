// Rows as calls get them: split into columns, without blanks at their ends, or emptied. It does not know calls.
#pragma once

#include "input/commands/columns.hpp"
#include "input/commands/command_inputs.hpp"
#include "input/commands/input_rows.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace prun {

/// Removes blanks at the ends of an input.
void trim(std::string& input, Trim ends);

/// The columns of all inputs in one row.
[[nodiscard]] InputRow split(const InputRow& row, const Columns& columns);

class ShapedRows final : public InputRows {
 public:
  /// @param no_args rows lose all their inputs
  ShapedRows(std::unique_ptr<InputRows> rows, std::optional<Columns> columns, Trim ends, bool no_args)
      : rows_(std::move(rows)), columns_(std::move(columns)), trim_(ends), no_args_(no_args) {}

  Pull next(InputRow& row) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return rows_->remaining(); }
  [[nodiscard]] int wait_fd() const override { return rows_->wait_fd(); }
  [[nodiscard]] const InputError& error() const override { return rows_->error(); }

 private:
  std::unique_ptr<InputRows> rows_;
  std::optional<Columns> columns_;
  Trim trim_;
  bool no_args_;
};

/// The bytes that a row takes among the arguments of a program, with one pointer for each.
[[nodiscard]] std::size_t size_of(const InputRow& row) noexcept;

}  // namespace prun
