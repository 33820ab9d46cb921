#include "run/engine_setup.hpp"

#include "cluster/nodes.hpp"
#include "event/event_stream.hpp"
#include "function/function.hpp"
#include "jobserver/tokens.hpp"
#include "sys/cpu_budget.hpp"

#include <algorithm>
#include <utility>

namespace prun {

LimitedGroups limited_groups(const RunOptions& options) {
  if (options.limits.memory == 0 || options.threads) return {};
  auto groups = sys::CgroupChildren::make(2 * options.most_workers(), sys::memory_settings(options.limits.memory),
                                          options.system_root);
  if (!groups) return {nullptr, "RLIMIT_DATA, as " + groups.error()};
  return {std::move(*groups), "control groups"};
}

pool::EngineOptions engine_options(const RunOptions& options, std::optional<std::uint64_t> remaining,
                                   sys::CgroupChildren* groups) {
  pool::EngineOptions engine;
  const std::uint32_t most = options.most_workers();
  engine.workers = remaining ? static_cast<std::uint32_t>(std::clamp<std::uint64_t>(*remaining, 1, most)) : most;
  engine.threads = options.threads;
  // Without work there are no workers, in particular where this machine takes no part.
  engine.on_demand = options.worker_count != nullptr || (options.nodes != nullptr && !options.nodes->local());
  engine.starts_processes = options.starts_processes;
  engine.events = options.events;
  engine.max_tasks_per_child = options.max_tasks_per_child.value_or(0);
  engine.run_seed = options.seed;
  engine.owns_children = options.threads;
  engine.timeout = options.timeout;
  engine.stop_allowance = options.grace + stop_allowance;
  engine.clocked = options.found_timeout != nullptr;
  engine.sampled = options.events != nullptr && options.events->wanted(Wants::samples);
  engine.setup.limits = options.limits;
  if (options.initializer != nullptr) {
    engine.setup.initializer = [call = options.initializer] {
      CallContext context;
      context.kwargs = call->kwargs;
      std::string ignored;
      call->function->call(call->args, context, ignored);
    };
  }
  // Each worker keeps its environment, so a number of workers that may grow counts as one for each CPU.
  const std::uint32_t usual =
      options.worker_count == nullptr ? options.workers : std::max(options.workers, options.cpu_budget);
  engine.setup.environment = sys::thread_limits(options.cpu_budget, std::min(engine.workers, usual));
  engine.setup.limits.groups = groups;
  engine.setup.limits.command_groups = most;
  engine.last_act = [tokens = options.tokens, groups] {
    if (groups != nullptr) groups->remove();
    if (tokens != nullptr) tokens->leave();
  };
  return engine;
}

}  // namespace prun
