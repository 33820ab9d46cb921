// Records of comma-separated values (RFC 4180) from lines: a row of fields for each record. A quoted field may hold commas, line
// ends, and quotes, which are written twice. It does not know where the lines come from.
#pragma once

#include "input/commands/input_rows.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun {

/// The fields of a record without its line end. @param delimiter between fields @return what is wrong
[[nodiscard]] tl::expected<InputRow, std::string> csv_fields(std::string_view record, char delimiter = ',');

class CsvRows final : public InputRows {
 public:
  /// @param lines rows of one line each; empty ones are not skipped
  explicit CsvRows(std::unique_ptr<InputRows> lines, char delimiter = ',')
      : lines_(std::move(lines)), delimiter_(delimiter) {}

  /// Skips empty lines between records. A record with wrong quotes is bad.
  Pull next(InputRow& row) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return lines_->wait_fd(); }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  void add(std::string_view line);
  Pull hand_out(InputRow& row);

  std::unique_ptr<InputRows> lines_;
  char delimiter_;
  std::string record_;
  bool in_quotes_ = false;    ///< at the end of `record_`
  std::uint64_t line_ = 0;    ///< read so far
  std::uint64_t begins_ = 0;  ///< the line with which `record_` begins; 0: there is none
  InputError error_;
};

}  // namespace prun
