// Linked lists, and all combinations of lists.
#include "input/commands/input_rows.hpp"

#include "input/commands/command_inputs.hpp"
#include "input/commands/line_rows.hpp"
#include "input/commands/script_line_rows.hpp"
#include "input/commands/word_rows.hpp"

#include <poll.h>

#include <algorithm>
#include <utility>

namespace prun {
namespace {

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

RowsOrError open_lines(const std::string& file, const CommandInputOptions& options, bool keeps_empty_lines) {
  if (options.scripts && !options.null_separated) return ScriptLineRows::open(file, options.stdin_fd);
  return LineRows::open(file, {options.null_separated, keeps_empty_lines, options.stdin_fd});
}

/// In linked lists each line counts. In other lists empty lines are skipped, as in xargs.
RowsOrError open_list(const CommandInputOptions& options, std::size_t place) {
  const InputList& list = options.lists[place];
  const bool next_is_linked = place + 1 < options.lists.size() && options.lists[place + 1].linked;
  const auto file = list.file_of_lines();
  return file ? open_lines(*file, options, list.linked || next_is_linked)
              : WordRows::open(list.words, list.literal_from);
}

/// Waits for and returns all rows of a list.
tl::expected<std::vector<InputRow>, InputError> read_all(InputRows& rows) {
  std::vector<InputRow> all;
  for (InputRow row;;) {
    switch (rows.next(row)) {
      case Pull::task: all.push_back(std::move(row)); break;
      case Pull::end: return all;
      case Pull::bad: return tl::unexpected(rows.error());
      case Pull::blocked: {
        pollfd readable{rows.wait_fd(), POLLIN, 0};
        ::poll(&readable, 1, -1);
      }
    }
  }
}

// The shortest of the linked lists determines the length.
void link(std::vector<InputRow>& rows, std::vector<InputRow>&& others) {
  rows.resize(std::min(rows.size(), others.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].end(), others[i].begin(), others[i].end());
}

}  // namespace

RowsOrError open_rows(const CommandInputOptions& options) {
  if (options.lists.empty()) return open_lines("-", options, false);
  if (options.lists.size() == 1) return open_list(options, 0);
  std::vector<std::vector<InputRow>> lists;
  for (std::size_t i = 0; i < options.lists.size(); ++i) {
    auto rows = open_list(options, i);
    if (!rows) return rows;
    auto all = read_all(**rows);
    if (!all) return tl::unexpected(std::move(all.error()));
    if (options.lists[i].linked && !lists.empty()) {
      link(lists.back(), std::move(*all));
    } else {
      lists.push_back(std::move(*all));
    }
  }
  return std::make_unique<ProductRows>(std::move(lists));
}

}  // namespace prun
