#include "run/node_work.hpp"

#include "function/function.hpp"

namespace prun {

bool NodeWork::next(std::uint64_t most, cluster::TaskBatch& batch) {
  chunk_ = {};
  if (!job_->next_chunk_for_node(chunk_, most)) return false;
  batch = {};
  batch.first_index = chunk_.first_index;
  batch.attempt = chunk_.attempt;
  batch.count = chunk_.count;
  TaskEvent task;
  const Function& function = job_->describe(chunk_.first_index, task);
  if (&function != command_) batch.function = function.name();
  if (chunk_.is_range) {
    batch.range = IntRange{chunk_.start, chunk_.step, chunk_.count};
    return true;
  }
  items_.clear();
  for (std::uint64_t i = 0; i < batch.count; ++i) {
    TaskEvent item;
    job_->describe(chunk_.first_index + i, item);
    cluster::append_item(items_, item.args, item.kwargs);
  }
  batch.items = items_;
  return true;
}

}  // namespace prun
