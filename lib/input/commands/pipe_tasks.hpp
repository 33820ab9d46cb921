// Cuts standard input into blocks of about the requested size, each ending with a complete record. It does not know the
// command that reads them.
#pragma once

#include "input/lines/read_buffer.hpp"
#include "input/task_source.hpp"

#include <cstddef>
#include <memory>

namespace prun {

class PipeTasks final : public TaskSource {
 public:
  /// @param separator the end of a record: a newline or NUL
  /// @param function called with the keyword `stdin`; must outlive this
  PipeTasks(std::unique_ptr<ByteSource> bytes, char separator, std::size_t block, const Function& function)
      : function_(&function), buffer_(std::move(bytes), separator), separator_(separator), block_(block) {}

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return error_; }
  [[nodiscard]] int wait_fd() const override { return buffer_.bytes().wait_fd(); }

 private:
  Pull hand_out(Task& task, std::size_t size);

  const Function* function_;
  ReadBuffer buffer_;
  char separator_;
  std::size_t block_;
  std::size_t searched_ = 0;
  bool ended_ = false;
  InputError error_;
};

}  // namespace prun
