#include "run/plan.hpp"

#include "event/plural.hpp"
#include "task/chunk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun {
namespace {

using Lines = std::vector<std::string>;

std::string seconds(std::chrono::nanoseconds time) {
  return fmt::format("{:g} s", std::chrono::duration<double>(time).count());
}

std::string size_text(std::uint64_t bytes) {
  for (const auto& [unit, name] : {std::pair{1ULL << 30U, 'G'}, {1ULL << 20U, 'M'}, {1ULL << 10U, 'K'}}) {
    if (bytes >= unit && bytes % unit == 0) return fmt::format("{}{}", bytes / unit, name);
  }
  return fmt::format("{} bytes", bytes);
}

bool all_at_once(Mode mode) { return mode == Mode::map || mode == Mode::starmap; }

bool delays_starts(const AdmissionOptions& admission) {
  return admission.delay.count() != 0 || admission.max_load || admission.min_free_memory != 0 || admission.by_memory;
}

/// The options that decide about each start, as the user gave them.
std::string starts_decided_by(const AdmissionOptions& admission) {
  if (admission.delay.count() != 0) return "--delay";
  if (admission.max_load) return "--max-load";
  return admission.min_free_memory != 0 ? "--min-free-memory" : "--admit";
}

std::string chunks_of(std::uint64_t size, const PlanFacts& facts) {
  if (!facts.tasks) return {};
  return ", " + plural((*facts.tasks + size - 1) / size, "chunk");
}

std::string fixed(std::uint64_t size, std::string_view why, const PlanFacts& facts) {
  return fmt::format("chunk size {}{}{}", size, why, chunks_of(size, facts));
}

/// How many tasks a worker takes at once.
std::string chunk_text(const RunOptions& options, const PlanFacts& facts) {
  if (delays_starts(options.admission))
    return fixed(1, fmt::format(", because {} decides about each start", starts_decided_by(options.admission)), facts);
  if (options.order != order::StartOrder::of_input)
    return fixed(1, ", because --order decides which task starts next", facts);
  if (options.guided_chunks)
    return "--chunksize auto: the chunk size follows the measured time of tasks, and the first chunks have 1 task";
  if (options.chunksize) return fixed(std::min(*options.chunksize, largest_chunk), ", as --chunksize says", facts);
  if (facts.commands) return fixed(1, ", because a command takes much longer than to hand it out", facts);
  if (!all_at_once(options.mode)) return fixed(1, fmt::format(", the default of {}", facts.mode), facts);
  const std::uint64_t parts = std::uint64_t{options.workers} * 4;
  if (!facts.tasks)
    return fmt::format("the whole input is read first, and the chunk size is then ceil(tasks/{})", parts);
  return fixed(default_chunksize(*facts.tasks, options.workers), fmt::format(" = ceil({}/{})", *facts.tasks, parts),
               facts);
}

/// `map: 39 tasks, 4 workers: chunk size 3 = ceil(39/16), 13 chunks`
std::string first_line(const RunOptions& options, const PlanFacts& facts) {
  const std::string_view noun = facts.commands ? "command" : "task";
  const std::string tasks = facts.tasks ? plural(*facts.tasks, noun) : fmt::format("an unknown number of {}s", noun);
  return fmt::format("{}: {}, {}: {}", facts.mode, tasks,
                     plural(options.workers, options.threads ? "thread" : "worker"), chunk_text(options, facts));
}

void add_workers(Lines& lines, const RunOptions& options, const PlanFacts& facts) {
  if (facts.tasks && *facts.tasks < options.workers) {
    lines.push_back(fmt::format("workers: {} of {} start, because there are no more tasks",
                                std::max<std::uint64_t>(*facts.tasks, 1), options.workers));
  } else {
    lines.push_back(fmt::format("workers: {}, {}", options.workers,
                                facts.workers_given ? "as --jobs says" : "one for each CPU that prun may use"));
  }
  if (options.max_tasks_per_child)
    lines.push_back(fmt::format("workers: each is replaced after {} (--max-tasks-per-child)",
                                plural(*options.max_tasks_per_child, "task")));
}

void add_jobserver(Lines& lines, const RunOptions& options, const PlanFacts& facts) {
  switch (facts.jobserver) {
    case PlanFacts::Jobserver::joined:
      lines.push_back(
          fmt::format("jobserver: make's; one task runs, and up to {} more with a token each", options.workers - 1));
      break;
    case PlanFacts::Jobserver::offered:
      lines.push_back("jobserver: prun's own; makes and pruns that it runs share its workers");
      break;
    case PlanFacts::Jobserver::none:
      if (!facts.jobserver_note.empty()) lines.push_back(fmt::format("jobserver: {}", facts.jobserver_note));
      break;
  }
}

void add_order(Lines& lines, const RunOptions& options) {
  if (options.order == order::StartOrder::longest_first)
    lines.push_back(fmt::format("order: the whole input is read first, and the {} (--order)",
                                options.costs != nullptr ? "longest tasks start first"
                                                         : "tasks start in its order, because no duration is known"));
  if (options.order == order::StartOrder::shuffled)
    lines.emplace_back("order: the whole input is read first, and its tasks start in random order (--order)");
  if (options.mode == Mode::imap_unordered) {
    lines.emplace_back("results: printed as tasks end");
  } else if (all_at_once(options.mode)) {
    lines.emplace_back("results: printed in input order when all tasks have ended");
  } else {
    lines.emplace_back("results: printed in input order, each as soon as it and all before it are ready");
  }
  if (options.window_tasks != 0)
    lines.push_back(
        fmt::format("results: tasks start at most {} ahead of the next result (--buffersize)", options.window_tasks));
}

void add_delays(Lines& lines, const AdmissionOptions& admission) {
  if (admission.delay.count() != 0)
    lines.push_back(fmt::format("start: {} after the start before (--delay)", seconds(admission.delay)));
  if (admission.max_load)
    lines.push_back(fmt::format("start: only while fewer than {:g} processes run (--max-load)", *admission.max_load));
  if (admission.min_free_memory != 0)
    lines.push_back(fmt::format("start: only while {} of memory are free (--min-free-memory)",
                                size_text(admission.min_free_memory)));
  if (admission.by_memory)
    lines.emplace_back("start: only while as much memory is free as earlier tasks of the function used (--admit)");
}

std::string limits_of_halt(const HaltPolicy& halt) {
  const std::string_view what = halt.what == HaltPolicy::What::fail      ? "failed"
                                : halt.what == HaltPolicy::What::success ? "succeeded"
                                                                         : "ended";
  const std::string_view how = halt.when == HaltPolicy::When::now ? "running tasks are stopped" : "no more tasks start";
  const std::string count = halt.percent != 0
                                ? fmt::format("{:g}% of the tasks have", halt.percent)
                                : fmt::format("{} {}", plural(halt.count, "task"), halt.count == 1 ? "has" : "have");
  return fmt::format("limit: when {} {}, {} (--halt)", count, what, how);
}

/// `a crash or a timeout`
std::string retried_failures(const RetryPolicy& retry) {
  std::vector<std::string_view> failures;
  if (retry.on_crash) failures.emplace_back("a crash");
  if (retry.on_timeout) failures.emplace_back("a timeout");
  if (retry.on_exception) failures.emplace_back("an exception");
  if (retry.on_exit) failures.emplace_back("an exit status other than 0");
  return fmt::format("{}", fmt::join(failures, " or "));
}

void add_limits(Lines& lines, const RunOptions& options) {
  if (options.timeout) lines.push_back(fmt::format("limit: {} for each task (--timeout)", seconds(*options.timeout)));
  if (options.limits.cpu_time.count() != 0)
    lines.push_back(fmt::format("limit: {} of CPU time for each task (--cpu-limit)", seconds(options.limits.cpu_time)));
  if (options.limits.memory != 0)
    lines.push_back(
        fmt::format("limit: {} of memory for each worker (--memory-limit)", size_text(options.limits.memory)));
  if (options.deadline) lines.push_back(fmt::format("limit: {} for the run (--deadline)", seconds(*options.deadline)));
  if (options.halt.when != HaltPolicy::When::never) lines.push_back(limits_of_halt(options.halt));
  if (options.retry.retries != 0)
    lines.push_back(fmt::format("failure: a task is retried up to {} after {} (--retries)",
                                plural(options.retry.retries, "time"), retried_failures(options.retry)));
}

std::string_view reused_tasks(PlanFacts::Reuses reuses) {
  switch (reuses) {
    case PlanFacts::Reuses::nothing: break;
    case PlanFacts::Reuses::outcomes: return "tasks whose outcome is recorded are not run again";
    case PlanFacts::Reuses::successes: return "only tasks that failed or have no outcome are run";
    case PlanFacts::Reuses::unchanged: return "tasks that succeeded and have not changed are not run again";
  }
  return "";
}

void add_reuse(Lines& lines, const PlanFacts& facts) {
  if (facts.reuses == PlanFacts::Reuses::nothing) return;
  std::string line = fmt::format("journal: {} ({})", reused_tasks(facts.reuses), facts.reused_by);
  if (facts.reusable != 0) line += fmt::format("; up to {} of the tasks in the first line are not run", facts.reusable);
  lines.push_back(std::move(line));
}

}  // namespace

Lines explain_plan(const RunOptions& options, const PlanFacts& facts) {
  Lines lines{first_line(options, facts)};
  add_workers(lines, options, facts);
  add_jobserver(lines, options, facts);
  add_order(lines, options);
  add_delays(lines, options.admission);
  add_limits(lines, options);
  add_reuse(lines, facts);
  return lines;
}

}  // namespace prun
