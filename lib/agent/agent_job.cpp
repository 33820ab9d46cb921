#include "agent/agent_job.hpp"

#include "command/command_result.hpp"
#include "run/function_entry.hpp"
#include "wire/value.hpp"

#include <algorithm>
#include <csignal>
#include <memory>
#include <utility>

namespace prun::agent {
namespace {

constexpr double long_task_ns = 10e6;

}  // namespace

AgentJob::AgentJob(const Options& options, Registry& registry, command::SpilledFiles* spilled, NodeFiles& files)
    : options_(options), registry_(&registry), spilled_(spilled), files_(&files) {
  adaptive = std::make_unique<detail::AdaptiveChunks>(options.workers);
  timed = true;
  measured = options.measured;
}

void AgentJob::add(const cluster::TaskBatch& batch, const Function& function) {
  queue_.push_back(
      {&function, batch.first_index, batch.count, batch.attempt, batch.range, std::string(batch.items), 0});
  queued_ += batch.count;
}

std::vector<std::uint64_t> AgentJob::take_back(std::uint64_t most) {
  std::vector<std::uint64_t> taken;
  while (most > taken.size() && !queue_.empty()) {
    Batch& batch = queue_.back();
    const std::uint64_t count = std::min<std::uint64_t>(batch.count, most - taken.size());
    for (std::uint64_t i = 0; i < count; ++i) taken.push_back(batch.first_index + batch.count - count + i);
    queued_ -= count;
    if (count == batch.count) {
      queue_.pop_back();
    } else {
      shorten(batch, batch.count - count);
    }
  }
  std::ranges::sort(taken);
  for (const std::uint64_t index : taken) files_->task_goes(index);
  return taken;
}

void AgentJob::shorten(Batch& batch, std::uint64_t count) {
  batch.count = count;
  if (batch.range) return;
  wire::ValueReader items(std::string_view(batch.items).substr(batch.at));
  for (std::uint64_t i = 0; i < count; ++i) static_cast<void>(cluster::take_item(items));
  batch.items.resize(batch.items.size() - items.rest().size());
}

// What waits in the ring cannot be taken back. So as little waits there as keeps the workers busy.
std::uint32_t AgentJob::most_chunks() const noexcept {
  return adaptive->mean_ns() >= long_task_ns ? options_.workers : 2 * options_.workers;
}

std::uint64_t AgentJob::chunksize_for(const Function& function) const noexcept {
  if (options_.chunksize) return std::min(*options_.chunksize, largest_chunk);
  return function.is_command() ? 1 : adaptive->next(queued_);
}

bool AgentJob::next_chunk(detail::ChunkSpec& chunk) {
  if (!wants_queueing()) return false;
  Batch& batch = queue_.front();
  const Function& function = *batch.function;
  const std::uint64_t count = std::min(batch.count, chunksize_for(function));
  chunk.entry = entry_of(function);
  chunk.stoppable = function.is_stoppable();
  if (function.is_command()) {
    for (std::uint64_t i = 0; i < count; ++i) commands_.insert(batch.first_index + i);
  }
  chunk.first_index = batch.first_index;
  chunk.count = static_cast<std::uint32_t>(count);
  chunk.attempt = batch.attempt;
  append_function(chunk.payload, function, *registry_);
  if (batch.range) {
    chunk.is_range = true;
    chunk.start = batch.range->start;
    chunk.step = batch.range->step;
    batch.range = batch.range->slice(count, batch.range->count - count);
  } else {
    wire::ValueReader items(std::string_view(batch.items).substr(batch.at));
    for (std::uint64_t i = 0; i < count; ++i) {
      const cluster::Item item = cluster::take_item(items);
      append_item(chunk.payload, function, item.args, item.kwargs);
    }
    batch.at = batch.items.size() - items.rest().size();
  }
  batch.first_index += count;
  batch.count -= count;
  queued_ -= count;
  if (batch.count == 0) queue_.pop_front();
  return true;
}

/// Puts the contents of the files that have a command's outputs into its result: files stay on their machine.
void AgentJob::take_files(std::uint64_t index, std::string_view& result, std::string& buffer) {
  if (commands_.empty() || commands_.erase(index) == 0 || spilled_ == nullptr || !command::has_files(result)) return;
  result = buffer = command::with_contents(result, *spilled_);
}

void AgentJob::append_file_failure(std::uint64_t index, const detail::AttemptInfo& info, const std::string& why) {
  Failure failure;
  failure.kind = FailureKind::exception;
  failure.type = "prun::FileError";
  failure.message = why;
  cluster::append_failure(outcomes_, index, info, failure);
}

void AgentJob::fail(std::uint64_t index, std::uint32_t attempt, const std::string& why) {
  files_->task_goes(index);
  detail::AttemptInfo info;
  info.attempt = attempt;
  append_file_failure(index, info, why);
}

void AgentJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  if (files_->any()) {
    if (const std::string why = files_->task_ended(index, true); !why.empty())
      return append_file_failure(index, info, why);
  }
  std::string buffer;
  take_files(index, value, buffer);
  cluster::append_value(outcomes_, index, info, value);
}

void AgentJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  if (winding_up_ && failure.kind == FailureKind::cancelled) return;
  const bool killed = failure.kind == FailureKind::signal || failure.kind == FailureKind::lost_signal;
  if (terminated_ && killed && failure.signal == SIGTERM) failure.kind = FailureKind::interrupted;
  static_cast<void>(files_->task_ended(index, false));
  std::string_view detail = failure.detail;
  std::string buffer;
  take_files(index, detail, buffer);
  if (!buffer.empty()) failure.detail = buffer;
  cluster::append_failure(outcomes_, index, info, failure);
}

std::string AgentJob::take_outcomes() { return std::exchange(outcomes_, {}); }

}  // namespace prun::agent
