// What a run says of itself before it begins.
#include "run/plan.hpp"

#include "order/task_costs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace prun;
using namespace std::chrono_literals;

namespace {

struct Desk {
  explicit Desk(Mode mode = Mode::map, std::string_view name = "map", std::optional<std::uint64_t> tasks = 39) {
    options.mode = mode;
    options.workers = 4;
    facts.mode = name;
    facts.tasks = tasks;
  }
  [[nodiscard]] std::vector<std::string> plan() const { return explain_plan(options, facts); }
  [[nodiscard]] std::string first() const { return plan().front(); }
  [[nodiscard]] bool says(const std::string& line) const {
    const auto lines = plan();
    return std::find(lines.begin(), lines.end(), line) != lines.end();
  }
  RunOptions options;
  PlanFacts facts;
};

}  // namespace

TEST_CASE("the plan of map derives the chunk size from the number of tasks") {
  CHECK(Desk().first() == "map: 39 tasks, 4 workers: chunk size 3 = ceil(39/16), 13 chunks");
  CHECK(Desk(Mode::starmap, "starmap", 16).first() ==
        "starmap: 16 tasks, 4 workers: chunk size 1 = ceil(16/16), 16 chunks");
  CHECK(Desk(Mode::map, "map", 0).first() == "map: 0 tasks, 4 workers: chunk size 1 = ceil(0/16), 0 chunks");
}

TEST_CASE("the plan of other modes names their default chunk size") {
  CHECK(Desk(Mode::imap, "imap").first() == "imap: 39 tasks, 4 workers: chunk size 1, the default of imap, 39 chunks");
  CHECK(Desk(Mode::imap_unordered, "imap_unordered").first() ==
        "imap_unordered: 39 tasks, 4 workers: chunk size 1, the default of imap_unordered, 39 chunks");
  CHECK(Desk(Mode::submit, "submit", 4).first() ==
        "submit: 4 tasks, 4 workers: chunk size 1, the default of submit, 4 chunks");
  CHECK(Desk(Mode::apply, "apply", 1).first() ==
        "apply: 1 task, 4 workers: chunk size 1, the default of apply, 1 chunk");
}

TEST_CASE("the plan says where the chunk size comes from") {
  Desk desk;
  SUBCASE("--chunksize") {
    desk.options.chunksize = 5;
    CHECK(desk.first() == "map: 39 tasks, 4 workers: chunk size 5, as --chunksize says, 8 chunks");
  }
  SUBCASE("--chunksize auto") {
    desk.options.guided_chunks = true;
    CHECK(
        desk.first() ==
        "map: 39 tasks, 4 workers: --chunksize auto: the chunk size follows the measured time of tasks, and the first "
        "chunks have 1 task");
  }
  SUBCASE("commands") {
    desk.facts.commands = true;
    CHECK(desk.first() ==
          "map: 39 commands, 4 workers: chunk size 1, because a command takes much longer than to hand it out, 39 "
          "chunks");
  }
  SUBCASE("commands with --chunksize") {
    desk.facts.commands = true;
    desk.options.chunksize = 5;
    CHECK(desk.first() == "map: 39 commands, 4 workers: chunk size 5, as --chunksize says, 8 chunks");
  }
  SUBCASE("an option that decides about each start") {
    desk.options.chunksize = 5;
    desk.options.admission.max_load = 3;
    CHECK(desk.first() ==
          "map: 39 tasks, 4 workers: chunk size 1, because --max-load decides about each start, 39 chunks");
  }
  SUBCASE("threads") {
    desk.options.threads = true;
    CHECK(desk.first() == "map: 39 tasks, 4 threads: chunk size 3 = ceil(39/16), 13 chunks");
  }
}

TEST_CASE("the plan of a stream says that the number of tasks is not known") {
  CHECK(Desk(Mode::imap, "imap", std::nullopt).first() ==
        "imap: an unknown number of tasks, 4 workers: chunk size 1, the default of imap");
  CHECK(Desk(Mode::map, "map", std::nullopt).first() ==
        "map: an unknown number of tasks, 4 workers: the whole input is read first, and the chunk size is then "
        "ceil(tasks/16)");
}

TEST_CASE("the plan says how many workers start, and why") {
  Desk desk;
  CHECK(desk.says("workers: 4, one for each CPU that prun may use"));
  desk.facts.workers_given = true;
  CHECK(desk.says("workers: 4, as --jobs says"));
  desk.facts.tasks = 2;
  CHECK(desk.says("workers: 2 of 4 start, because there are no more tasks"));
  desk.options.max_tasks_per_child = 10;
  CHECK(desk.says("workers: each is replaced after 10 tasks (--max-tasks-per-child)"));
}

TEST_CASE("the plan says in which order results are printed") {
  CHECK(Desk().says("results: printed in input order when all tasks have ended"));
  CHECK(Desk(Mode::imap_unordered, "imap_unordered").says("results: printed as tasks end"));
  Desk imap(Mode::imap, "imap");
  CHECK(imap.says("results: printed in input order, each as soon as it and all before it are ready"));
  imap.options.window_tasks = 100;
  CHECK(imap.says("results: tasks start at most 100 ahead of the next result (--buffersize)"));
}

TEST_CASE("the plan says in which other order tasks start") {
  class NoCosts final : public order::TaskCosts {
   public:
    tl::expected<Cost, std::string> cost_of(const Task& /*task*/) override { return Cost(); }
  } costs;
  Desk desk(Mode::imap, "imap");
  desk.options.order = order::StartOrder::longest_first;
  CHECK(desk.first() ==
        "imap: 39 tasks, 4 workers: chunk size 1, because --order decides which task starts next, 39 chunks");
  CHECK(
      desk.says("order: the whole input is read first, and the tasks start in its order, because no duration is "
                "known (--order)"));
  desk.options.costs = &costs;
  CHECK(desk.says("order: the whole input is read first, and the longest tasks start first (--order)"));
  desk.options.order = order::StartOrder::shuffled;
  CHECK(desk.says("order: the whole input is read first, and its tasks start in random order (--order)"));
}

TEST_CASE("the plan says how a jobserver limits the run") {
  Desk desk;
  desk.facts.jobserver = PlanFacts::Jobserver::joined;
  CHECK(desk.says("jobserver: make's; one task runs, and up to 3 more with a token each"));
  desk.facts.jobserver = PlanFacts::Jobserver::offered;
  CHECK(desk.says("jobserver: prun's own; makes and pruns that it runs share its workers"));
  desk.facts.jobserver = PlanFacts::Jobserver::none;
  desk.facts.jobserver_note = "cannot take part in make's jobserver: no +";
  CHECK(desk.says("jobserver: cannot take part in make's jobserver: no +"));
}

TEST_CASE("the plan names what may delay the start of tasks") {
  Desk desk;
  desk.options.admission.delay = 1500ms;
  desk.options.admission.max_load = 2.5;
  desk.options.admission.min_free_memory = 3U << 20U;
  desk.options.admission.by_memory = true;
  CHECK(desk.says("start: 1.5 s after the start before (--delay)"));
  CHECK(desk.says("start: only while fewer than 2.5 processes run (--max-load)"));
  CHECK(desk.says("start: only while 3M of memory are free (--min-free-memory)"));
  CHECK(desk.says("start: only while as much memory is free as earlier tasks of the function used (--admit)"));
}

TEST_CASE("the plan names the limits, the retries and the journal") {
  Desk desk;
  desk.options.timeout = 10s;
  desk.options.deadline = 60s;
  desk.options.limits.cpu_time = 2s;
  desk.options.limits.memory = 1U << 30U;
  desk.options.halt = {HaltPolicy::When::soon, HaltPolicy::What::fail, 1, 0};
  desk.options.retry.retries = 3;
  CHECK(desk.says("limit: 10 s for each task (--timeout)"));
  CHECK(desk.says("limit: 60 s for the run (--deadline)"));
  CHECK(desk.says("limit: 2 s of CPU time for each task (--cpu-limit)"));
  CHECK(desk.says("limit: 1G of memory for each worker (--memory-limit)"));
  CHECK(desk.says("limit: when 1 task has failed, no more tasks start (--halt)"));
  CHECK(desk.says("failure: a task is retried up to 3 times after a crash or a timeout (--retries)"));
  desk.options.halt = {HaltPolicy::When::now, HaltPolicy::What::success, 0, 50};
  CHECK(desk.says("limit: when 50% of the tasks have succeeded, running tasks are stopped (--halt)"));
}

TEST_CASE("the plan of a run with a journal says which tasks are not run again, and that it counts them") {
  using Reuses = PlanFacts::Reuses;
  Desk desk;
  desk.facts.reuses = Reuses::outcomes;
  desk.facts.reused_by = "--resume";
  CHECK(desk.says("journal: tasks whose outcome is recorded are not run again (--resume)"));
  desk.facts.reusable = 2;
  CHECK(
      desk.says("journal: tasks whose outcome is recorded are not run again (--resume); "
                "up to 2 of the tasks in the first line are not run"));
  desk.facts.reuses = Reuses::successes;
  desk.facts.reused_by = "prun retry";
  CHECK(
      desk.says("journal: only tasks that failed or have no outcome are run (prun retry); "
                "up to 2 of the tasks in the first line are not run"));
  desk.facts.reuses = Reuses::unchanged;
  desk.facts.reused_by = "--once";
  desk.facts.reusable = 0;
  CHECK(desk.says("journal: tasks that succeeded and have not changed are not run again (--once)"));
}

TEST_CASE("a plan without options has no line about them") { CHECK(Desk().plan().size() == 3); }
