// See journal_source.hpp.
#include "journal/journal_source.hpp"

#include "journal/task_text.hpp"

#include <algorithm>

namespace prun::journal {
JournalSource::JournalSource(JournalFile& file, Registry& registry, const Function* command)
    : file_(&file),
      registry_(&registry),
      command_(command),
      tasks_(file.reading([&] { return RecordedTasks(file.reader()); })) {
  file.reading([&] {
    if (auto list = last_list(file.reader())) {
      list_ = std::move(*list);
      check_functions();
      return;
    }
    list_.add(0, tasks_.size());
    Statement row = file.reader().prepare("SELECT name FROM functions");
    while (row.step()) static_cast<void>(found(row.bytes(0)));
  });
}

/// Those of the tasks: other inputs of the journal may have had functions that no longer exist.
void JournalSource::check_functions() {
  for (const TaskList::Segment& segment : list_.segments()) {
    for (std::uint64_t task = segment.task; task < segment.task + segment.count;) {
      const RecordedTask& recorded = tasks_.at(task);
      static_cast<void>(found(recorded.function));
      task = recorded.index + recorded.count;
    }
  }
}

const Function& JournalSource::found(std::string_view name) const {
  if (command_ != nullptr && command_->name() == name) return *command_;
  if (const Function* function = registry_->find(name)) return *function;
  std::string why = registry_->problem();
  if (why.empty()) why = "there is no function of that name";
  throw JournalError("the journal " + file_->path() + " has tasks of " + std::string(name) +
                     ", which prun cannot call: " + why);
}

const RecordedTask& JournalSource::entry() {
  return file_->reading([&]() -> const RecordedTask& { return tasks_.at(list_.task_at(at_)); });
}

Pull JournalSource::next(Task& task) {
  if (at_ >= list_.size()) return Pull::end;
  const RecordedTask& recorded = entry();
  task.function = &found(recorded.function);
  task.kwargs = recorded.kwargs;
  task.id = recorded.id;
  task.defect = recorded.defect;
  task.args = args_of(recorded, list_.task_at(at_));
  ++at_;
  return Pull::task;
}

std::optional<TaskSource::RangeOfTasks> JournalSource::next_range(std::uint64_t max) {
  if (at_ >= list_.size()) return std::nullopt;
  const RecordedTask& recorded = entry();
  if (!recorded.range) return std::nullopt;
  const TaskList::Segment& segment = list_.at(at_);
  const std::uint64_t from = segment.task + (at_ - segment.place) - recorded.index;
  const std::uint64_t count = std::min({max, recorded.count - from, segment.place + segment.count - at_});
  at_ += count;
  return RangeOfTasks{&found(recorded.function), recorded.range->slice(from, count)};
}

}  // namespace prun::journal
