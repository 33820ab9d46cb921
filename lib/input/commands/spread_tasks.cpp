// See spread_tasks.hpp.
#include "input/commands/spread_tasks.hpp"

#include "input/commands/call_task.hpp"
#include "input/commands/shaped_rows.hpp"

#include <algorithm>
#include <utility>

namespace prun {
namespace {

constexpr std::size_t most_read_ahead = std::size_t{32} << 20;

}  // namespace

SpreadTasks::SpreadTasks(std::unique_ptr<InputRows> rows, unsigned workers, std::size_t max_bytes,
                         const Function& function)
    : function_(&function),
      rows_(std::move(rows)),
      workers_(std::max(workers, 1U)),
      max_bytes_(max_bytes != 0 ? std::min(max_bytes, most_read_ahead) : most_read_ahead),
      read_ahead_(std::min(most_read_ahead, max_bytes_ * workers_)) {}

Pull SpreadTasks::next(Task& task) {
  while (!ended_ && waiting_bytes_ < read_ahead_) {
    InputRow row;
    switch (rows_->next(row)) {
      case Pull::task: add(std::move(row)); break;
      case Pull::blocked: return Pull::blocked;
      case Pull::bad: return Pull::bad;
      case Pull::end: share_out(); break;
    }
  }
  return waiting_.empty() ? Pull::end : hand_out(task);
}

void SpreadTasks::add(InputRow&& row) {
  waiting_bytes_ += size_of(row);
  waiting_.push_back(std::move(row));
}

void SpreadTasks::share_out() {
  ended_ = true;
  calls_left_ = std::max<std::size_t>(workers_, (waiting_bytes_ + max_bytes_ - 1) / max_bytes_);
}

Pull SpreadTasks::hand_out(Task& task) {
  const std::size_t share = read_ahead_ / workers_;
  std::size_t count = waiting_.size();
  if (ended_) count = (count + calls_left_ - 1) / calls_left_;
  InputRow inputs;
  std::size_t bytes = 0;
  for (std::size_t taken = 0; taken < count && !waiting_.empty(); ++taken) {
    InputRow& row = waiting_.front();
    const std::size_t size = size_of(row);
    if (taken > 0 && bytes + size > (ended_ ? max_bytes_ : share)) break;
    bytes += size;
    std::move(row.begin(), row.end(), std::back_inserter(inputs));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  if (calls_left_ > 1) --calls_left_;
  make_call(task, *function_, inputs);
  return Pull::task;
}

}  // namespace prun
