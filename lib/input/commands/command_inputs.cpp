// Makes tasks from rows: each row a task, or batches of them.
#include "input/commands/command_inputs.hpp"

#include "input/commands/call_task.hpp"
#include "input/commands/columns.hpp"
#include "input/commands/file_blocks.hpp"
#include "input/commands/input_rows.hpp"
#include "input/commands/pipe_tasks.hpp"
#include "input/commands/shaped_rows.hpp"
#include "input/commands/spread_tasks.hpp"
#include "input/text_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun {
namespace {

class CommandTasks final : public TaskSource {
 public:
  CommandTasks(const CommandInputOptions& options, std::unique_ptr<InputRows> rows, const Function& function)
      : function_(&function),
        rows_(std::move(rows)),
        max_args_(options.one_call ? SIZE_MAX : std::max<std::size_t>(options.max_args, 1)),
        max_bytes_(options.max_bytes),
        one_call_(options.one_call) {}

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
    if (batched_rows_ > 0 || (one_call_ && !handed_out_)) return hand_out(task);
    return Pull::end;
  }

  [[nodiscard]] std::optional<std::uint64_t> remaining() const override {
    if (one_call_) return handed_out_ ? 0 : 1;
    const auto rows = rows_->remaining();
    if (!rows || max_bytes_ != 0) return std::nullopt;
    const std::uint64_t all = *rows > UINT64_MAX - batched_rows_ ? UINT64_MAX : *rows + batched_rows_;
    return all / max_args_ + (all % max_args_ != 0 ? 1 : 0);
  }
  [[nodiscard]] const InputError& error() const override { return rows_->error(); }
  [[nodiscard]] int wait_fd() const override { return rows_->wait_fd(); }

 private:
  [[nodiscard]] bool full() const noexcept { return batched_rows_ > 0 && (batched_rows_ >= max_args_ || !fits_); }

  void add(InputRow&& row) {
    const std::size_t size = size_of(row);
    fits_ = max_bytes_ == 0 || batched_rows_ == 0 || batch_bytes_ + size <= max_bytes_;
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
    make_call(task, *function_, batch_);
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
  std::size_t max_args_;
  std::size_t max_bytes_;
  bool one_call_;
  bool handed_out_ = false;
  bool ended_ = false;
  bool fits_ = true;
  InputRow batch_;
  std::size_t batched_rows_ = 0;
  std::size_t batch_bytes_ = 0;
  InputRow waiting_;  // the row that did not fit into the batch
  std::size_t waiting_bytes_ = 0;
};

tl::unexpected<InputError> wrong(std::string message) { return tl::unexpected(InputError{std::move(message)}); }

tl::expected<std::unique_ptr<TaskSource>, InputError> open_blocks(const CommandInputOptions& options,
                                                                  const Function& function) {
  RecordForm form = options.blocks.form;
  if (options.null_separated) form.end.assign(1, '\0');
  auto records = RecordScanner::make(form);
  if (!records) return wrong(std::move(records.error()));
  auto header = PipeHeader::make(options.blocks);
  if (!header) return wrong(std::move(header.error()));
  const bool by_range = options.blocks.by_range && options.blocks.records == 0 && (*records)->searches_back();
  if (by_range && FileBlocks::bytes_left(options.stdin_fd)) {
    return std::make_unique<FileBlocks>(options.stdin_fd, options.blocks, std::move(*header), std::move(*records),
                                        function);
  }
  auto bytes = FileBytes::borrow(options.stdin_fd);
  if (!bytes) return wrong(fmt::format("standard input cannot be read: {}", bytes.error()));
  return std::make_unique<PipeTasks>(std::make_unique<FileBytes>(std::move(*bytes)), options.blocks, std::move(*header),
                                     std::move(*records), function);
}

}  // namespace

std::optional<std::string> InputList::file_of_lines() const {
  const bool standard_input = literal_from > 0 && words.size() == 1 && words.front() == "-";
  return standard_input ? words.front() : file;
}

tl::expected<std::unique_ptr<TaskSource>, InputError> open_command_inputs(const CommandInputOptions& options,
                                                                          const Function& function,
                                                                          std::vector<std::string>* names) {
  if (options.pipe) return open_blocks(options, function);
  std::optional<Columns> columns;
  if (options.column_separator && !options.csv) {
    auto made = Columns::make(*options.column_separator);
    if (!made) {
      return wrong(fmt::format("--colsep '{}' is not a regular expression: {} (at byte {})",
                               printable_line(*options.column_separator), made.error().message,
                               made.error().offset + 1));
    }
    columns.emplace(std::move(*made));
  }
  std::vector<std::string> headers;
  auto rows = open_rows(options, headers);
  if (!rows) return tl::unexpected(std::move(rows.error()));
  if (columns) headers = split(headers, *columns);
  for (std::string& name : headers) trim(name, options.trim);
  if (names != nullptr) *names = std::move(headers);
  auto shaped = std::make_unique<ShapedRows>(std::move(*rows), std::move(columns), options.trim, options.no_args);
  if (options.spread_over > 1 && !options.one_call)
    return std::make_unique<SpreadTasks>(std::move(shaped), options.spread_over, options.max_bytes, function);
  return std::make_unique<CommandTasks>(options, std::move(shaped), function);
}

}  // namespace prun
