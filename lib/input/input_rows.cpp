#include "input/input_rows.hpp"

#include "input/line_reader.hpp"
#include "input/range_text.hpp"
#include "input/read_buffer.hpp"

#include <fmt/format.h>

#include <poll.h>

#include <algorithm>
#include <utility>

namespace prun {
namespace {

tl::unexpected<InputError> wrong(std::string message) { return tl::unexpected(InputError{std::move(message)}); }

/// Words, ranges among them where they are not literal.
class WordRows final : public InputRows {
 public:
  static tl::expected<std::unique_ptr<InputRows>, InputError> open(const InputList& list) {
    auto rows = std::make_unique<WordRows>();
    for (const std::string& word : list.words) {
      Part part{word, {0, 0, 1}};
      if (!list.literal && looks_like_range(word)) {
        const auto range = parse_range(word);
        // `1..2 copy.txt` is the name of a file, but `1...9` is a slip.
        if (!range && word.find_first_not_of("0123456789+-.") == std::string::npos)
          return wrong(fmt::format("input '{}': {}", printable_line(word), range.error().message));
        if (range) part.range = *range;
      }
      rows->left_ += part.range.count;
      rows->parts_.push_back(std::move(part));
    }
    return rows;
  }

  Pull next(InputRow& row) override {
    if (left_ == 0) return Pull::end;
    while (at_ == parts_[part_].range.count) {
      ++part_;
      at_ = 0;
    }
    const Part& part = parts_[part_];
    row.assign(1, part.range.step == 0 ? part.word : std::to_string(part.range[at_]));
    ++at_;
    --left_;
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  struct Part {
    std::string word;
    IntRange range;  ///< of step 0: the word itself, once
  };
  std::vector<Part> parts_;
  std::size_t part_ = 0;
  std::uint64_t at_ = 0;
  std::uint64_t left_ = 0;
  InputError none_;
};

class LineRows final : public InputRows {
 public:
  LineRows(std::string name, std::unique_ptr<ByteSource> bytes, bool null_separated, bool keeps_blank_lines)
      : name_(std::move(name)),
        keeps_blank_lines_(null_separated || keeps_blank_lines),
        buffer_(std::move(bytes), null_separated ? '\0' : '\n'),
        lines_(buffer_, null_separated ? '\0' : '\n', LineReader::CarriageReturn::is_text) {}

  static tl::expected<std::unique_ptr<InputRows>, InputError> open(const std::string& file,
                                                                   const CommandInputOptions& options) {
    const bool standard_input = file == "-";
    auto bytes = standard_input ? FileBytes::borrow(options.stdin_fd) : FileBytes::open(file);
    const std::string name = standard_input ? "<stdin>" : file;
    if (!bytes) return wrong(fmt::format("{} cannot be read: {}", name, bytes.error()));
    // Beside another list each line has its place; alone a blank one is nothing, as for xargs.
    return std::make_unique<LineRows>(name, std::make_unique<FileBytes>(std::move(*bytes)), options.null_separated,
                                      options.lists.size() > 1);
  }

  Pull next(InputRow& row) override {
    std::string_view line;
    while (!ended_) {
      switch (lines_.next(line)) {
        case EntryReader::Got::entry:
          if (line.empty() && !keeps_blank_lines_) continue;
          row.assign(1, std::string(line));
          return Pull::task;
        case EntryReader::Got::blocked: return Pull::blocked;
        case EntryReader::Got::failed:
          error_.message = fmt::format("{}: cannot be read: {}", name_, buffer_.bytes().reason());
          ended_ = true;
          return Pull::bad;
        case EntryReader::Got::bad:
        case EntryReader::Got::end: ended_ = true; break;
      }
    }
    return Pull::end;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  std::string name_;
  bool keeps_blank_lines_;
  ReadBuffer buffer_;
  LineReader lines_;
  bool ended_ = false;
  InputError error_;
};

/// Every combination of the lists' rows, the last list varying fastest.
class ProductRows final : public InputRows {
 public:
  explicit ProductRows(std::vector<std::vector<InputRow>> lists) : lists_(std::move(lists)), at_(lists_.size()) {
    left_ = 1;
    for (const auto& list : lists_) left_ *= list.size();
  }

  Pull next(InputRow& row) override {
    if (left_ == 0) return Pull::end;
    row.clear();
    for (std::size_t i = 0; i < lists_.size(); ++i)
      row.insert(row.end(), lists_[i][at_[i]].begin(), lists_[i][at_[i]].end());
    for (std::size_t i = lists_.size(); i-- > 0;) {
      if (++at_[i] < lists_[i].size()) break;
      at_[i] = 0;
    }
    --left_;
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  std::vector<std::vector<InputRow>> lists_;
  std::vector<std::size_t> at_;
  std::uint64_t left_ = 0;
  InputError none_;
};

tl::expected<std::unique_ptr<InputRows>, InputError> open_list(const InputList& list,
                                                               const CommandInputOptions& options) {
  const bool lines = list.file || (!list.literal && list.words.size() == 1 && list.words.front() == "-");
  return lines ? LineRows::open(list.file.value_or("-"), options) : WordRows::open(list);
}

/// All rows of a list, waited for.
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

// Side by side: the shortest of linked lists determines the length.
void link(std::vector<InputRow>& rows, std::vector<InputRow>&& others) {
  rows.resize(std::min(rows.size(), others.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].insert(rows[i].end(), others[i].begin(), others[i].end());
}

}  // namespace

tl::expected<std::unique_ptr<InputRows>, InputError> open_rows(const CommandInputOptions& options) {
  if (options.lists.empty()) return LineRows::open("-", options);
  if (options.lists.size() == 1) return open_list(options.lists.front(), options);
  std::vector<std::vector<InputRow>> lists;
  for (const InputList& list : options.lists) {
    auto rows = open_list(list, options);
    if (!rows) return rows;
    auto all = read_all(**rows);
    if (!all) return tl::unexpected(std::move(all.error()));
    if (list.linked && !lists.empty()) {
      link(lists.back(), std::move(*all));
    } else {
      lists.push_back(std::move(*all));
    }
  }
  return std::make_unique<ProductRows>(std::move(lists));
}

}  // namespace prun
