// Makes the task at the current position of a source.
#include "input/words/argv_sources.hpp"

#include "wire/value.hpp"

#include <algorithm>
#include <utility>

namespace prun {
namespace {

/// Every task of a source has arguments of the same kinds as its first, which was bound without an error.
void bind_like_first(Task& task) { [[maybe_unused]] const auto bound = bind(task); }

}  // namespace

void append_integer(wire::ValueWriter& writer, std::int64_t number, InputForm form) {
  form == InputForm::json ? writer.integer(number) : writer.string(std::to_string(number));
}

Pull RangeInputs::next(Task& task) {
  if (at_ == range_.count) return Pull::end;
  task.start(arguments_.function());
  wire::ValueWriter writer(task.args);
  writer.array(1);
  append_integer(writer, range_[at_++], arguments_.form());
  if (!arguments_.integer_is_call()) bind_like_first(task);
  return Pull::task;
}

std::optional<TaskSource::RangeOfTasks> RangeInputs::next_range(std::uint64_t max) {
  const std::uint64_t size = std::min(max, range_.count - at_);
  if (!arguments_.integer_is_call() || size == 0) return std::nullopt;
  const RangeOfTasks tasks{&arguments_.function(), range_.slice(at_, size)};
  at_ += size;
  return tasks;
}

Pull TextRangeInputs::next(Task& task) {
  if (at_ == range_.numbers.count) return Pull::end;
  task.start(arguments_.function());
  value_.clear();
  range_.append_value(at_++, value_);
  arguments_.assign(value_, task.args);
  bind_like_first(task);
  return Pull::task;
}

ProductInputs::ProductInputs(const Arguments& arguments, Product product)
    : arguments_(arguments), product_(std::move(product)) {}

Pull ProductInputs::next(Task& task) {
  if (at_ == product_.count) return Pull::end;
  task.start(arguments_.function());
  product_.assign(at_++, value_);
  arguments_.assign(value_, task.args);
  task.defect = product_.defect();
  bind_like_first(task);
  return Pull::task;
}

void CallList::add(const Task& task) {
  args_ += task.args;
  kwargs_ += task.kwargs;
  defects_ += task.defect;
  calls_.push_back({task.function, args_.size(), kwargs_.size(), defects_.size()});
}

Pull CallList::next(Task& task) {
  if (at_ == calls_.size()) return Pull::end;
  const Entry& entry = calls_[at_++];
  task.start(*entry.function);
  task.args.assign(args_, args_at_, entry.args_end - args_at_);
  task.kwargs.assign(kwargs_, kwargs_at_, entry.kwargs_end - kwargs_at_);
  task.defect.assign(defects_, defect_at_, entry.defect_end - defect_at_);
  args_at_ = entry.args_end;
  kwargs_at_ = entry.kwargs_end;
  defect_at_ = entry.defect_end;
  return Pull::task;
}

}  // namespace prun
