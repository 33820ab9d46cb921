// See recorded_tasks.hpp.
#include "journal/recorded_tasks.hpp"

#include "wire/value.hpp"

namespace prun::journal {
namespace {

constexpr std::size_t rows_at_once = 256;
constexpr std::size_t bytes_at_once = std::size_t{1} << 20;

[[noreturn]] void refuse(std::uint64_t index) {
  throw wire::DecodeError("task " + std::to_string(index) + " is missing");
}

bool fits(const IntRange& range, std::int64_t count) {
  std::int64_t last = 0;
  return count > 0 && !__builtin_mul_overflow(range.step, count - 1, &last) &&
         !__builtin_add_overflow(range.start, last, &last);
}

}  // namespace

RecordedTasks::RecordedTasks(Database& database)
    : select_(database.prepare("SELECT task, count, function, args, kwargs, id, defect, first, step FROM tasks "
                               "WHERE task >= (SELECT max(task) FROM tasks WHERE task <= ?1) ORDER BY task")),
      select_name_(database.prepare("SELECT name FROM functions WHERE function = ?1")),
      pieces_(database),
      size_(static_cast<std::uint64_t>(
          database.integer("SELECT coalesce((SELECT task + count FROM tasks ORDER BY task DESC LIMIT 1), 0)"))) {}

const RecordedTask& RecordedTasks::at(std::uint64_t index) {
  if (!ahead_.empty() && index < ahead_.front().index) ahead_.clear();
  while (!ahead_.empty() && index - ahead_.front().index >= ahead_.front().count) ahead_.pop_front();
  if (ahead_.empty()) read_on(index);
  if (ahead_.empty() || index - ahead_.front().index >= ahead_.front().count) refuse(index);
  return ahead_.front();
}

void RecordedTasks::read_on(std::uint64_t index) {
  select_.bind(1, static_cast<std::int64_t>(index));
  std::size_t bytes = 0;
  while (ahead_.size() < rows_at_once && bytes < bytes_at_once && select_.step()) {
    RecordedTask task;
    const std::int64_t number = select_.integer(0);
    task.index = static_cast<std::uint64_t>(number);
    task.count = static_cast<std::uint64_t>(select_.integer(1));
    task.function = name_of(select_.integer(2));
    if (!select_.is_null(7)) {
      task.range = IntRange{select_.integer(7), select_.integer(8), task.count};
      if (!fits(*task.range, select_.integer(1))) refuse(task.index);
    } else {
      pieces_.append_value(select_, 3, number, 0, 0, "args", task.args);
      pieces_.append_value(select_, 4, number, 0, 0, "kwargs", task.kwargs);
      pieces_.append_value(select_, 5, number, 0, 0, "id", task.id);
      task.defect = select_.bytes(6);
      task.count = 1;
    }
    bytes += task.args.size() + task.kwargs.size();
    ahead_.push_back(std::move(task));
  }
  select_.reset();
}

std::string_view RecordedTasks::name_of(std::int64_t function) {
  auto [name, added] = names_.try_emplace(function);
  if (added) {
    select_name_.bind(1, function);
    if (select_name_.step()) name->second = select_name_.bytes(0);
    select_name_.reset();
  }
  return name->second;
}

}  // namespace prun::journal
