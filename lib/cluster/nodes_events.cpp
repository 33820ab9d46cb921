// What nodes say, and what becomes of their tasks.
#include "cluster/nodes.hpp"

#include "event/plural.hpp"

#include <fmt/format.h>

#include <utility>

namespace prun::cluster {
namespace {

/// A task that was lost with so many nodes is more likely their end than their victim.
constexpr int most_losses = 5;

Failure lost_too_often(const std::string& host) {
  Failure failure;
  failure.kind = FailureKind::lost_signal;
  failure.type = "prun::WorkerLostError";
  failure.message =
      fmt::format("{} hosts were lost while they had this task, the last of them {}; find out whether it ends its host",
                  most_losses, host);
  return failure;
}

Failure file_failure(const std::string& why) {
  Failure failure;
  failure.kind = FailureKind::exception;
  failure.type = "prun::FileError";
  failure.message = why;
  return failure;
}

}  // namespace

// Not before: what comes earlier is not read by the agent.
void Nodes::on_greeted(std::uint32_t node) {
  const auto& outlet = nodes_[node]->link()->outlet();
  for (const std::string& file : options_.files) outlet->add_file({.name = file}, file);
  outlet->flush();
  if (pulse_ != nullptr) pulse_->add(outlet);
}

void Nodes::on_file(std::uint32_t node, const FileChunk& chunk) {
  if (nodes_[node]->state().holds(chunk.index)) returned_files_.take(chunk);
}

void Nodes::on_ready(std::uint32_t node) {
  Node& ready = *nodes_[node];
  if (call_limit_.count() != 0) {
    ready.add(FrameType::limit, encode_number(static_cast<std::uint64_t>(call_limit_.count())));
  }
  options_.note(fmt::format("{}: takes part with {}", ready.host().name, plural(ready.state().workers(), "worker")));
}

void Nodes::on_outcomes(std::uint32_t node, std::string_view body) {
  wire::ValueReader outcomes(body);
  while (!outcomes.at_end()) take_outcome(node, cluster::take_outcome(outcomes));
}

void Nodes::take_outcome(std::uint32_t number, Outcome outcome) {
  Node& node = *nodes_[number];
  if (!node.state().answered(outcome.index, outcome.info.attempt)) return;  // late: another node has it
  node.state().note_outcome(Clock::now(), std::chrono::nanoseconds(outcome.info.duration_ns));
  if (!losses_.empty()) losses_.erase(outcome.index);
  const std::string missing = returned_files_.finish(outcome.index);
  if (!missing.empty() && !outcome.failure) outcome.failure = file_failure(missing);
  outcome.info.host = number + 1;
  if (outcome.info.started_ns != 0) outcome.info.started_ns += node.clock_difference();
  if (outcome.failure) {
    work_->on_failure(outcome.index, std::move(*outcome.failure), outcome.info);
  } else {
    work_->on_value(outcome.index, outcome.value, outcome.info);
  }
}

void Nodes::on_returned(std::uint32_t node, std::string_view body) {
  for (const std::uint64_t index : decode_numbers(body)) {
    const auto held = nodes_[node]->state().returned(index);
    if (!held) continue;
    static_cast<void>(returned_files_.finish(index));
    work_->give_back(held->index, held->attempt);
  }
}

// A host that refuses to work says nothing about the task; one that dies may die of it.
void Nodes::give_back(const NodeState::Held& task, std::uint32_t node, bool refused) {
  static_cast<void>(returned_files_.finish(task.index));
  if (refused) return work_->give_back(task.index, task.attempt);
  if (++losses_[task.index] < most_losses) return work_->give_back(task.index, task.attempt);
  losses_.erase(task.index);
  detail::AttemptInfo info;
  info.attempt = task.attempt;
  info.host = node + 1;
  work_->on_failure(task.index, lost_too_often(nodes_[node]->host().name), info);
}

void Nodes::on_lost(std::uint32_t number, const std::string& why, bool for_good) {
  Node& node = *nodes_[number];
  const bool worked = node.state().working();
  const bool began = worked || node.state().phase() == NodeState::Phase::preparing;
  node.drop_link();
  waits_for_room_[number] = false;
  const auto tasks = node.state().lost(Clock::now(), for_good);
  if (node.state().phase() == NodeState::Phase::gone) --live_;
  if (ending_) return node.state().finished();
  const bool gone = node.state().phase() == NodeState::Phase::gone;
  std::string text = describe_loss(node, why, tasks.size());
  if (gone && !began && !for_good) text += "; " + advice_for(node.host());
  if (worked || node.state().failures() == 1 || gone) {
    options_.warn(text);
  } else {
    options_.note(text);
  }
  for (const NodeState::Held& task : tasks) give_back(task, number, for_good);
  if (live_ != 0 || options_.local || recalling_all_) return;
  failed_ = true;
  options_.warn("no host is left that could run the tasks; solve the problems named above, and run prun again");
}

std::string Nodes::describe_loss(const Node& node, const std::string& why, std::size_t tasks) const {
  const bool gone = node.state().phase() == NodeState::Phase::gone;
  std::string text = fmt::format("{} {}: {}", node.host().name, gone ? "is not used" : "is lost", why);
  if (tasks != 0 && !recalling_all_) text += fmt::format("; its {} will run elsewhere", plural(tasks, "task"));
  if (!gone && !recalling_all_) {
    text += fmt::format("; prun tries again in {:g} s", std::chrono::duration<double>(node.state().pause()).count());
  }
  return text;
}

void Nodes::on_warned(std::uint32_t node, int signal) {
  static_cast<void>(node);
  warning_ = signal;
}

void Nodes::on_fewer_cpus(std::uint32_t node, std::uint32_t cpus) {
  const Host& host = nodes_[node]->host();
  options_.warn(
      fmt::format("{}: the job has {} there, but its step may use only {}; prun starts {}; to see the binding, set "
                  "SLURM_CPU_BIND=verbose",
                  host.name, plural(host.cpus, "CPU"), cpus, plural(cpus, "worker")));
}

void Nodes::on_text(std::uint32_t node, std::string_view line) {
  options_.warn(fmt::format("{}: {}", nodes_[node]->host().name, line));
}

}  // namespace prun::cluster
