// A run whose tasks start in another order than that of the input: what it hands out, and what it tells.
#include "run/run_job_support.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;
using order::StartOrder;

namespace {

/// A task costs its argument; 13 has no cost, and 99 can be refused.
class ArgumentCosts final : public order::TaskCosts {
 public:
  tl::expected<Cost, std::string> cost_of(const Task& task) override {
    wire::ValueReader reader(task.args);
    static_cast<void>(reader.array());
    const std::int64_t argument = reader.integer();
    if (argument == 99 && refuses_99) return tl::unexpected(std::string("99 is too much"));
    if (argument == 13) return Cost{};
    return Cost(static_cast<double>(argument));
  }
  bool refuses_99 = false;
};

struct OrderedDesk : JobDesk {
  explicit OrderedDesk(Mode mode, StartOrder order = StartOrder::longest_first) : JobDesk(mode) {
    options.order = order;
    options.costs = &costs;
  }
  ArgumentCosts costs;
};

Indexes firsts(const Cut& cut) {
  Indexes indexes;
  for (const auto& [first, count] : cut) {
    CHECK(count == 1);
    indexes.push_back(first);
  }
  return indexes;
}

}  // namespace

TEST_CASE("longest first: tasks start one by one by their cost, and results keep the order of the input") {
  for (const Mode mode : {Mode::map, Mode::imap, Mode::submit}) {
    OrderedDesk desk(mode);
    desk.source.range(4).tasks(3);  // 0 1 2 3 0 1 2
    const Indexes started = firsts(desk.chunks());
    CHECK(started == Indexes{3, 2, 6, 1, 5, 0, 4});
    for (const std::uint64_t index : started) desk.value(index);
    CHECK(desk.told.indexes == Indexes{0, 1, 2, 3, 4, 5, 6});
    CHECK(desk.told.lines.front() == "v0 [0]");
    CHECK(desk.told.lines.back() == "v6 [2]");
    CHECK(desk.job->finished());
  }
}

TEST_CASE("longest first: imap_unordered tells results as they come") {
  OrderedDesk desk(Mode::imap_unordered);
  desk.source.range(3).tasks(20'000);
  const Indexes started = firsts(desk.chunks());
  REQUIRE(started.size() == 20'003);
  CHECK(started.front() == 16);  // of unknown cost
  CHECK(started[1] == 20'002);
  for (const std::uint64_t index : started) desk.value(index);
  CHECK(desk.told.indexes == started);
  CHECK(desk.job->finished());
}

TEST_CASE("a task of unknown cost starts before the others") {
  OrderedDesk desk(Mode::imap);
  desk.source.range(20);
  CHECK(firsts(desk.chunks()).front() == 13);
}

TEST_CASE("a task whose cost is refused ends the run before anything starts, as bad input does") {
  OrderedDesk desk(Mode::map);
  desk.costs.refuses_99 = true;
  desk.source.range(98).tasks(3).range(100).tasks(2);
  CHECK(desk.chunks().empty());
  CHECK(desk.bad == std::vector<std::string>{"the cost of task 200 cannot be computed: 99 is too much"});
  CHECK(desk.told.indexes.empty());
  CHECK(desk.job->finished());
}

TEST_CASE("nothing starts before the whole input has been read") {
  OrderedDesk desk(Mode::imap);
  desk.source.tasks(2);
  desk.source.open = true;
  CHECK(desk.chunks().empty());
  CHECK(desk.job->held_back().reason == HeldBack::Reason::input);
  desk.source.tasks(3);
  desk.source.open = false;
  desk.job->input_is_readable();
  CHECK(desk.job->wants_queueing());
  CHECK(firsts(desk.chunks()) == Indexes{4, 1, 3, 0, 2});
}

TEST_CASE("a long input is arranged in steps, between which the run looks at its signals") {
  OrderedDesk desk(Mode::map);
  desk.source.range(250'000);
  std::size_t steps = 0;
  Indexes started;
  for (; started.empty(); ++steps) {
    CHECK((steps == 0 || desk.job->wants_queueing()));
    started = firsts(desk.chunks());
  }
  CHECK(steps == 3);
  REQUIRE(started.size() == 250'000);
  CHECK(started.front() == 13);  // of unknown cost
  CHECK(started[1] == 249'999);
}

TEST_CASE("a shuffled run starts each task once, in the order of its seed") {
  const auto start_all = [](std::uint64_t seed) {
    OrderedDesk desk(Mode::imap, StartOrder::shuffled);
    desk.options.seed = seed;
    desk.source.range(100);
    return firsts(desk.chunks());
  };
  const Indexes order = start_all(1);
  CHECK(order == start_all(1));
  CHECK(order != start_all(2));
  CHECK(std::set<std::uint64_t>(order.begin(), order.end()).size() == 100);
}

TEST_CASE("a task that failed is tried again although others have not started") {
  OrderedDesk desk(Mode::imap);
  desk.options.retry.retries = 1;
  desk.options.retry.on_exception = true;
  desk.options.workers = 1;
  desk.source.range(3);
  detail::ChunkSpec chunk;
  desk.open();
  REQUIRE(desk.job->next_chunk(chunk));
  CHECK(chunk.first_index == 2);
  desk.failure(2);
  for (const std::uint64_t expected : {2U, 1U, 0U}) {
    chunk = {};
    REQUIRE(desk.job->next_chunk(chunk));
    CHECK(chunk.first_index == expected);
    desk.value(expected);
  }
  CHECK(desk.told.lines == std::vector<std::string>{"v0 [0]", "v1 [1]", "v2 [2]"});
}

TEST_CASE("what has not started when the run ends is not run") {
  OrderedDesk desk(Mode::imap);
  desk.source.range(5);
  detail::ChunkSpec chunk;
  desk.open();
  REQUIRE(desk.job->next_chunk(chunk));
  desk.job->take_no_more();
  CHECK(desk.chunks().empty());
  desk.value(4);
  CHECK(desk.told.indexes == Indexes{4});
  CHECK(desk.job->finished());
  CHECK(desk.job->not_told() == 4);
}
