// Calls of many inputs, of about the same number each, so that every worker has some: `-n auto`, `-n max`. It reads ahead until
// the input ends or each worker can have a full call. It does not know the command.
#pragma once

#include "input/commands/input_rows.hpp"
#include "input/task_source.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

namespace prun {

class SpreadTasks final : public TaskSource {
 public:
  /// @param workers the inputs are spread over so many calls, or a multiple if they do not fit
  /// @param max_bytes limit for the inputs of a call, as size_of counts them; 0: none
  /// @param function must outlive the source
  SpreadTasks(std::unique_ptr<InputRows> rows, unsigned workers, std::size_t max_bytes, const Function& function);

  Pull next(Task& task) override;
  [[nodiscard]] const InputError& error() const override { return rows_->error(); }
  [[nodiscard]] int wait_fd() const override { return rows_->wait_fd(); }

 private:
  void add(InputRow&& row);
  void share_out();
  Pull hand_out(Task& task);

  const Function* function_;
  std::unique_ptr<InputRows> rows_;
  unsigned workers_;
  std::size_t max_bytes_;
  std::size_t read_ahead_;  ///< in bytes
  std::deque<InputRow> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t calls_left_ = 0;  ///< once the input has ended
  bool ended_ = false;
};

}  // namespace prun
