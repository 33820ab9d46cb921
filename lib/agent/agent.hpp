// The loop of an agent: a pool of this machine whose tasks come from frames, and whose outcomes go to frames. The head of the run
// decides everything else: order, retries, when to end.
#pragma once

#include "agent/agent_job.hpp"
#include "agent/head_line.hpp"
#include "agent/job_signals.hpp"
#include "agent/node_files.hpp"
#include "command/run_ending.hpp"
#include "pool/engine.hpp"
#include "run/engine_setup.hpp"
#include "run/run_options.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace prun::agent {

class Agent {
 public:
  /// Starts the workers. @param options those of the run, on this machine
  /// @param signals are told to the head @param files of the tasks
  Agent(const RunOptions& options, bool measured, Registry& registry, HeadLine& line, JobSignals& signals,
        NodeFiles& files);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Tells the head that it is ready, and works until the head says stop, or is gone. @return the agent was needed to its end
  bool operator()(std::chrono::milliseconds dead_after);

 private:
  using Clock = std::chrono::steady_clock;

  void take_messages();
  void take_signals();
  void take(const Message& message);
  void take_file(std::string_view body);
  void take_tasks(std::string_view body);
  void add_tasks(const cluster::TaskBatch& batch, const Function& function);
  void stop(command::RunEnding::Reason reason);
  void end_quietly();
  void limit_calls(std::chrono::nanoseconds limit);
  void pause(bool paused);
  void refuse(const std::string& why);
  void pump();
  void send_outcomes();
  void sleep(std::optional<Clock::time_point> until);
  void let_workers_leave();

  RunOptions options_;
  Registry* registry_;
  HeadLine* line_;
  JobSignals* signals_;
  NodeFiles* files_;
  LimitedGroups groups_;
  std::unique_ptr<pool::Engine> engine_owner_;
  pool::Engine& engine_;
  std::shared_ptr<AgentJob> job_;
  std::optional<Clock::time_point> paused_since_;
  bool over_ = false;
  bool served_ = false;
};

}  // namespace prun::agent
