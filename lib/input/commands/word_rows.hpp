// The words of a list, each a row. Words that are ranges become their elements, generated on demand.
#pragma once

#include "input/commands/input_rows.hpp"
#include "input/words/range_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace prun {

class WordRows final : public InputRows {
 public:
  /// @param literal_from only words before this position may be ranges
  [[nodiscard]] static RowsOrError open(const std::vector<std::string>& words, std::size_t literal_from);

  Pull next(InputRow& row) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override;
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  struct Part {
    std::string word;
    std::optional<TextRange> range;
    [[nodiscard]] std::uint64_t size() const noexcept { return range ? range->numbers.count : 1; }
  };

  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::uint64_t at_ = 0;  // inside the part
  InputError none_;
};

}  // namespace prun
