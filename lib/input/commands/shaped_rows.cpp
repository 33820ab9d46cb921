// See shaped_rows.hpp.
#include "input/commands/shaped_rows.hpp"

#include <string_view>
#include <utility>

namespace prun {

void trim(std::string& input, Trim ends) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  if (ends == Trim::right || ends == Trim::both) input.erase(input.find_last_not_of(blanks) + 1);  // npos + 1 is 0
  if (ends == Trim::left || ends == Trim::both) input.erase(0, input.find_first_not_of(blanks));
}

InputRow split(const InputRow& row, const Columns& columns) {
  if (row.size() == 1) return columns.split(row.front());
  InputRow parts;
  for (const std::string& input : row) {
    for (std::string& part : columns.split(input)) parts.push_back(std::move(part));
  }
  return parts;
}

std::size_t size_of(const InputRow& row) noexcept {
  std::size_t size = 0;
  for (const std::string& input : row) size += input.size() + 1 + sizeof(char*);
  return size;
}

Pull ShapedRows::next(InputRow& row) {
  const Pull pull = rows_->next(row);
  if (pull != Pull::task) return pull;
  if (columns_) row = split(row, *columns_);
  if (no_args_) row.clear();
  for (std::string& input : row) trim(input, trim_);
  return pull;
}

}  // namespace prun
