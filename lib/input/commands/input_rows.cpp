// Linked lists, and all combinations of lists.
#include "input/commands/input_rows.hpp"

#include "input/commands/command_inputs.hpp"
#include "input/commands/csv_rows.hpp"
#include "input/commands/line_rows.hpp"
#include "input/commands/script_line_rows.hpp"
#include "input/commands/word_rows.hpp"

#include <poll.h>

#include <algorithm>
#include <random>
#include <utility>

namespace prun {
namespace {

char separator_of(const CommandInputOptions& options) {
  return options.null_separated ? '\0' : options.delimiter.value_or('\n');
}

/// Every combination of the lists' rows. The last list varies fastest. There may be more than 2^64 of them.
class ProductRows final : public InputRows {
 public:
  explicit ProductRows(std::vector<std::vector<InputRow>> lists)
      : lists_(std::move(lists)),
        at_(lists_.size()),
        ended_(std::any_of(lists_.begin(), lists_.end(), [](const auto& list) { return list.empty(); })) {}

  Pull next(InputRow& row) override {
    if (ended_) return Pull::end;
    row.clear();
    for (std::size_t i = 0; i < lists_.size(); ++i)
      row.insert(row.end(), lists_[i][at_[i]].begin(), lists_[i][at_[i]].end());
    step();
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override {
    if (ended_) return 0;
    std::uint64_t done = 0;  // in the mixed radix of the lists' sizes
    std::uint64_t all = 1;
    for (std::size_t i = 0; i < lists_.size(); ++i) {
      const std::uint64_t size = lists_[i].size();
      if (all > UINT64_MAX / size) return UINT64_MAX;
      all *= size;
      done = done * size + at_[i];
    }
    return all - done;
  }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  void step() {
    for (std::size_t i = lists_.size(); i-- > 0;) {
      if (++at_[i] < lists_[i].size()) return;
      at_[i] = 0;
    }
    ended_ = true;
  }

  std::vector<std::vector<InputRow>> lists_;
  std::vector<std::size_t> at_;
  bool ended_;
  InputError none_;
};

/// Waits for the next row. @return false at the end
tl::expected<bool, InputError> wait_for(InputRows& rows, InputRow& row) {
  for (;;) {
    switch (rows.next(row)) {
      case Pull::task: return true;
      case Pull::end: return false;
      case Pull::bad: return tl::unexpected(rows.error());
      case Pull::blocked: {
        pollfd readable{rows.wait_fd(), POLLIN, 0};
        ::poll(&readable, 1, -1);
      }
    }
  }
}

/// Reads the names of columns.
RowsOrError take_header(std::unique_ptr<InputRows> rows, InputRow& headers) {
  InputRow names;
  const auto found = wait_for(*rows, names);
  if (!found) return tl::unexpected(found.error());
  if (*found) headers.insert(headers.end(), names.begin(), names.end());
  return rows;
}

/// With CSV the separator of columns is one character.
char csv_delimiter(const CommandInputOptions& options) {
  return options.column_separator ? options.column_separator->front() : ',';
}

RowsOrError open_lines(const CommandInputOptions& options, const std::string& file, bool keeps_empty_lines) {
  if (options.scripts && !options.null_separated && !options.delimiter)
    return ScriptLineRows::open(file, options.stdin_fd);
  auto lines = LineRows::open(file, {separator_of(options), keeps_empty_lines || options.csv, options.stdin_fd});
  if (!lines || !options.csv) return lines;
  return std::make_unique<CsvRows>(std::move(*lines), csv_delimiter(options));
}

RowsOrError open_words(const CommandInputOptions& options, const InputList& list) {
  auto words = WordRows::open(list.words, list.literal_from);
  if (!words || !options.csv) return words;
  return std::make_unique<CsvRows>(std::move(*words), csv_delimiter(options));
}

/// In lists side by side each line counts. In other lists empty lines are skipped, as in xargs.
RowsOrError open_list(const CommandInputOptions& options, std::size_t place, InputRow& headers) {
  const InputList& list = options.lists[place];
  const bool next_is_linked = place + 1 < options.lists.size() && options.lists[place + 1].linked;
  const auto file = list.file_of_lines();
  const bool side_by_side = list.linked || next_is_linked || (options.link && options.lists.size() > 1);
  auto rows = file ? open_lines(options, *file, side_by_side) : open_words(options, list);
  if (!rows || !options.header) return rows;
  return take_header(std::move(*rows), headers);
}

/// Waits for and returns all rows of a list.
tl::expected<std::vector<InputRow>, InputError> read_all(InputRows& rows) {
  std::vector<InputRow> all;
  for (InputRow row;;) {
    const auto found = wait_for(rows, row);
    if (!found) return tl::unexpected(found.error());
    if (!*found) return all;
    all.push_back(std::move(row));
  }
}

/// Rows that are all in memory, in a random order. The order is the same on every machine.
class ShuffledRows final : public InputRows {
 public:
  ShuffledRows(std::vector<InputRow> rows, std::uint64_t seed) : rows_(std::move(rows)) {
    std::mt19937_64 random(seed);
    for (std::size_t left = rows_.size(); left > 1; --left) std::swap(rows_[left - 1], rows_[random() % left]);
  }

  Pull next(InputRow& row) override {
    if (at_ == rows_.size()) return Pull::end;
    row = std::move(rows_[at_++]);
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return rows_.size() - at_; }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  std::vector<InputRow> rows_;
  std::size_t at_ = 0;
  InputError none_;
};

/// Combines lists side by side. A shorter list starts again; an empty one adds nothing.
std::vector<InputRow> link_all(const std::vector<std::vector<InputRow>>& lists) {
  std::size_t longest = 0;
  for (const auto& list : lists) longest = std::max(longest, list.size());
  std::vector<InputRow> rows(longest);
  for (const auto& list : lists) {
    for (std::size_t i = 0; i < longest && !list.empty(); ++i) {
      const InputRow& row = list[i % list.size()];
      rows[i].insert(rows[i].end(), row.begin(), row.end());
    }
  }
  return rows;
}

// The shortest of the linked lists determines the length.
void link(std::vector<InputRow>& rows, std::vector<InputRow>&& others) {
  rows.resize(std::min(rows.size(), others.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].end(), others[i].begin(), others[i].end());
}

RowsOrError open_in_order(const CommandInputOptions& options, InputRow& headers) {
  if (options.lists.empty()) {
    auto lines = open_lines(options, "-", false);
    return lines && options.header ? take_header(std::move(*lines), headers) : std::move(lines);
  }
  if (options.lists.size() == 1) return open_list(options, 0, headers);
  std::vector<std::vector<InputRow>> lists;
  for (std::size_t i = 0; i < options.lists.size(); ++i) {
    auto rows = open_list(options, i, headers);
    if (!rows) return rows;
    auto all = read_all(**rows);
    if (!all) return tl::unexpected(std::move(all.error()));
    if (options.lists[i].linked && !options.link && !lists.empty()) {
      link(lists.back(), std::move(*all));
    } else {
      lists.push_back(std::move(*all));
    }
  }
  if (options.link) lists = {link_all(lists)};
  return std::make_unique<ProductRows>(std::move(lists));
}

}  // namespace

RowsOrError open_rows(const CommandInputOptions& options, InputRow& headers) {
  auto rows = open_in_order(options, headers);
  if (!rows || !options.shuffled) return rows;
  auto all = read_all(**rows);
  if (!all) return tl::unexpected(std::move(all.error()));
  return std::make_unique<ShuffledRows>(std::move(*all), options.seed);
}

}  // namespace prun
