// See csv_rows.hpp.
#include "input/commands/csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun {

tl::expected<InputRow, std::string> csv_fields(std::string_view record, char delimiter) {
  InputRow fields;
  for (;;) {
    std::string& field = fields.emplace_back();
    if (record.starts_with('"')) {
      record.remove_prefix(1);
      for (;;) {
        const auto quote = record.find('"');
        if (quote == std::string_view::npos) return tl::unexpected(std::string("a quoted field has no closing quote"));
        field += record.substr(0, quote);
        record.remove_prefix(quote + 1);
        if (!record.starts_with('"')) break;
        field += '"';
        record.remove_prefix(1);
      }
      if (!record.empty() && record.front() != delimiter)
        return tl::unexpected(std::string("text follows the closing quote of a field"));
    } else {
      const auto end = std::min(record.find(delimiter), record.size());
      field = record.substr(0, end);
      if (field.find('"') != std::string::npos)
        return tl::unexpected(
            std::string("a field with a quote must be in quotes, with each quote in it written twice"));
      record.remove_prefix(end);
    }
    if (record.empty()) return fields;
    record.remove_prefix(1);
  }
}

Pull CsvRows::next(InputRow& row) {
  InputRow line;
  for (;;) {
    switch (lines_->next(line)) {
      case Pull::task: add(line.front()); break;
      case Pull::blocked: return Pull::blocked;
      case Pull::bad: error_ = lines_->error(); return Pull::bad;
      case Pull::end: return begins_ != 0 ? hand_out(row) : Pull::end;
    }
    if (begins_ != 0 && !in_quotes_) return hand_out(row);
  }
}

void CsvRows::add(std::string_view line) {
  ++line_;
  if (begins_ == 0) {
    if (line.empty() || line == "\r") return;
    begins_ = line_;
  } else {
    record_ += '\n';
  }
  record_ += line;
  if (std::count(line.begin(), line.end(), '"') % 2 != 0) in_quotes_ = !in_quotes_;
}

Pull CsvRows::hand_out(InputRow& row) {
  std::string record = std::exchange(record_, {});
  const std::uint64_t begins = std::exchange(begins_, 0);
  in_quotes_ = false;
  if (record.ends_with('\r')) record.pop_back();
  auto fields = csv_fields(record, delimiter_);
  if (fields) {
    row = std::move(*fields);
    return Pull::task;
  }
  error_.message = fmt::format("line {}: {}, so the record cannot be read as CSV", begins, fields.error());
  return Pull::bad;
}

}  // namespace prun
