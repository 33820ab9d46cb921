// The tasks of a journal as the input of another run, if the original input is gone, such as standard input.
#pragma once

#include "function/registry.hpp"
#include "input/task_source.hpp"
#include "journal/journal_file.hpp"
#include "journal/recorded_tasks.hpp"
#include "journal/task_list.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace prun::journal {

class JournalSource final : public TaskSource {
 public:
  /// Finds every function that the tasks need. @param file must outlive it
  /// @param command the command of the run, which all tasks with its name call; null: the run has none
  /// @throws JournalError if a function no longer exists or the file is damaged. Its member functions throw it too
  JournalSource(JournalFile& file, Registry& registry, const Function* command);

  Pull next(Task& task) override;
  std::optional<RangeOfTasks> next_range(std::uint64_t max) override;
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return list_.size() - at_; }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  [[nodiscard]] const RecordedTask& entry();
  void check_functions();
  [[nodiscard]] const Function& found(std::string_view name) const;

  JournalFile* file_;
  Registry* registry_;
  const Function* command_;
  RecordedTasks tasks_;
  TaskList list_;
  std::uint64_t at_ = 0;
  InputError error_;
};

}  // namespace prun::journal
