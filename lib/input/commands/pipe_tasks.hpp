// Cuts a stream into blocks for the standard input of commands. Each block has whole records, and begins with the header of the
// stream if there is one. It does not know the command that reads them.
#pragma once

#include "input/commands/pipe_header.hpp"
#include "input/commands/pipe_options.hpp"
#include "input/lines/read_buffer.hpp"
#include "input/task_source.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

namespace prun {

class PipeTasks final : public TaskSource {
 public:
  /// @param function called with the keyword `stdin`; must outlive this
  PipeTasks(std::unique_ptr<ByteSource> bytes, const PipeOptions& options, PipeHeader header,
            std::unique_ptr<RecordScanner> records, const Function& function)
      : function_(&function),
        buffer_(std::move(bytes), '\n'),
        records_(std::move(records)),
        header_(std::move(header)),
        block_(options.block),
        most_records_(options.records) {}

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  [[nodiscard]] std::optional<std::size_t> find_cut();
  [[nodiscard]] std::optional<std::size_t> scan_records();
  bool take_header();
  Pull hand_out(Task& task, std::size_t size);
  Pull fail(const std::string& problem);

  const Function* function_;
  ReadBuffer buffer_;
  std::unique_ptr<RecordScanner> records_;
  PipeHeader header_;
  std::size_t block_;
  std::uint64_t most_records_;
  std::size_t whole_ = 0;      ///< of the unread bytes: so many are whole records
  std::uint64_t counted_ = 0;  ///< and so many records
  bool at_end_ = false;
  bool failed_ = false;
  InputError error_;
};

}  // namespace prun
