// Rows to tasks, and blocks of standard input to tasks.
#include "input/command_inputs.hpp"

#include "input/input_rows.hpp"
#include "input/read_buffer.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>
#include <utility>

namespace prun {
namespace {

void start(Task& task, const Function& function) {
  task.function = &function;
  task.kwargs.clear();
  task.id.clear();
  task.defect.clear();
}

/// Splits a row's only input into columns.
class Columns {
 public:
  explicit Columns(const std::string& separator) {
    const bool plain =
        separator.size() == 1 && std::string_view("^$\\.*+?()[]{}|").find(separator[0]) == std::string_view::npos;
    if (plain) {
      character_ = separator[0];
    } else {
      pattern_.assign(separator, std::regex::ECMAScript | std::regex::optimize);
    }
  }

  [[nodiscard]] InputRow split(const std::string& line) const {
    InputRow columns;
    if (character_) {
      std::size_t begin = 0;
      for (std::size_t end = line.find(*character_); end != std::string::npos; end = line.find(*character_, begin)) {
        columns.push_back(line.substr(begin, end - begin));
        begin = end + 1;
      }
      columns.push_back(line.substr(begin));
      return columns;
    }
    columns.assign(std::sregex_token_iterator(line.begin(), line.end(), pattern_, -1), std::sregex_token_iterator());
    if (columns.empty()) columns.emplace_back();
    return columns;
  }

 private:
  std::optional<char> character_;
  std::regex pattern_;
};

class CommandTasks final : public TaskSource {
 public:
  CommandTasks(const CommandInputOptions& options, std::unique_ptr<InputRows> rows, const Function& function)
      : function_(&function),
        rows_(std::move(rows)),
        max_args_(options.one_call ? SIZE_MAX : std::max<std::size_t>(options.max_args, 1)),
        max_bytes_(options.max_bytes),
        one_call_(options.one_call) {
    if (options.column_separator) columns_.emplace(*options.column_separator);
  }

  Pull next(Task& task) override {
    while (!ended_) {
      if (full()) return hand_out(task);
      if (!waiting_.empty()) {
        take(std::exchange(waiting_, {}));
        continue;
      }
      InputRow row;
      switch (rows_->next(row)) {
        case Pull::task: add(std::move(row)); break;
        case Pull::blocked: return Pull::blocked;
        case Pull::bad: return Pull::bad;
        case Pull::end: ended_ = true; break;
      }
    }
    if (!batch_.empty() || (one_call_ && !handed_out_)) return hand_out(task);
    return Pull::end;
  }

  [[nodiscard]] std::optional<std::uint64_t> remaining() const override {
    if (one_call_) return handed_out_ ? 0 : 1;
    const auto rows = rows_->remaining();
    if (!rows || max_bytes_ != 0) return std::nullopt;
    return (*rows + batched_rows_ + max_args_ - 1) / max_args_;
  }
  [[nodiscard]] const InputError& error() const override { return rows_->error(); }
  [[nodiscard]] int wait_fd() const override { return rows_->wait_fd(); }

 private:
  [[nodiscard]] bool full() const noexcept { return !batch_.empty() && (batched_rows_ >= max_args_ || !fits_); }

  void add(InputRow&& row) {
    if (columns_) row = columns_->split(row.front());
    std::size_t size = 0;
    for (const std::string& input : row) size += input.size() + 1 + sizeof(char*);
    fits_ = max_bytes_ == 0 || batch_.empty() || batch_bytes_ + size <= max_bytes_;
    batch_bytes_ += size;
    if (fits_) {
      take(std::move(row));
    } else {
      waiting_ = std::move(row);
      waiting_bytes_ = size;
    }
  }

  void take(InputRow&& row) {
    ++batched_rows_;
    std::move(row.begin(), row.end(), std::back_inserter(batch_));
  }

  Pull hand_out(Task& task) {
    start(task, *function_);
    task.args.clear();
    wire::ValueWriter writer(task.args);
    writer.array(static_cast<std::uint32_t>(batch_.size()));
    for (const std::string& input : batch_) writer.string(input);
    batch_.clear();
    batched_rows_ = 0;
    batch_bytes_ = std::exchange(waiting_bytes_, 0);
    fits_ = true;
    handed_out_ = true;
    if (ended_ && !waiting_.empty()) take(std::exchange(waiting_, {}));
    return Pull::task;
  }

  const Function* function_;
  std::unique_ptr<InputRows> rows_;
  std::optional<Columns> columns_;
  std::size_t max_args_;
  std::size_t max_bytes_;
  bool one_call_;
  bool handed_out_ = false;
  bool ended_ = false;
  bool fits_ = true;
  InputRow batch_;
  std::size_t batched_rows_ = 0;
  std::size_t batch_bytes_ = 0;
  InputRow waiting_;  // that did not fit into the batch
  std::size_t waiting_bytes_ = 0;
};

/// Standard input in blocks of about the size asked for, each ending with a line.
class PipeTasks final : public TaskSource {
 public:
  PipeTasks(std::unique_ptr<ByteSource> bytes, std::size_t block, const Function& function)
      : function_(&function), buffer_(std::move(bytes)), block_(block) {}

  Pull next(Task& task) override {
    while (!ended_) {
      const std::string_view unread = buffer_.unread();
      if (unread.size() >= block_) {
        // The last line that ends within the block; where none does, the first that ends at all.
        auto end = unread.substr(0, block_).rfind('\n');
        if (end == std::string_view::npos) end = unread.find('\n', std::max(block_, searched_));
        if (end != std::string_view::npos) return hand_out(task, end + 1);
        searched_ = unread.size();
      }
      switch (buffer_.fill()) {
        case ByteSource::Got::bytes: break;
        case ByteSource::Got::blocked: return Pull::blocked;
        case ByteSource::Got::failed:
          error_.message = fmt::format("<stdin>: cannot be read: {}", buffer_.bytes().reason());
          ended_ = true;
          return Pull::bad;
        case ByteSource::Got::end: ended_ = true; break;
      }
    }
    const std::size_t rest = buffer_.unread().size();
    if (rest == 0) return Pull::end;
    const auto cut = rest > block_ ? buffer_.unread().substr(0, block_).rfind('\n') : std::string_view::npos;
    return hand_out(task, cut == std::string_view::npos ? rest : cut + 1);
  }

  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  Pull hand_out(Task& task, std::size_t size) {
    start(task, *function_);
    task.args.clear();
    wire::ValueWriter(task.args).array(0);
    wire::ValueWriter keywords(task.kwargs);
    keywords.map(1);
    keywords.string("stdin");
    keywords.string(buffer_.unread().substr(0, size));
    buffer_.consume(size);
    searched_ = 0;
    return Pull::task;
  }

  const Function* function_;
  ReadBuffer buffer_;
  std::size_t block_;
  std::size_t searched_ = 0;
  bool ended_ = false;
  InputError error_;
};

}  // namespace

tl::expected<std::unique_ptr<TaskSource>, InputError> open_command_inputs(const CommandInputOptions& options,
                                                                          const Function& function) {
  if (options.pipe) {
    auto bytes = FileBytes::borrow(options.stdin_fd);
    if (!bytes) return tl::unexpected(InputError{fmt::format("standard input cannot be read: {}", bytes.error())});
    return std::make_unique<PipeTasks>(std::make_unique<FileBytes>(std::move(*bytes)), options.block, function);
  }
  auto rows = open_rows(options);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  try {
    return std::make_unique<CommandTasks>(options, std::move(*rows), function);
  } catch (const std::regex_error& error) {
    return tl::unexpected(
        InputError{fmt::format("--colsep '{}' is no regular expression: {}", *options.column_separator, error.what())});
  }
}

}  // namespace prun
