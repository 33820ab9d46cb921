#include "run/outcome_order.hpp"

#include "function/registry.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace prun;
using Order = OutcomeOrder::Order;

namespace {

/// identity(7), without an end.
class Sevens final : public TaskSource {
 public:
  Sevens() { add_builtin_functions(registry_); }
  Pull next(Task& task) override {
    task = Task{registry_.find("identity"), std::string("\x91\x07", 2), {}, {}, {}};
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  Registry registry_;
  InputError error_;
};

class Told final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    lines.push_back(std::to_string(event.index) + " " +
                    (event.failure != nullptr ? event.failure->message : std::string(event.value)));
  }
  std::vector<std::string> lines;
};

struct Desk {
  Desk(Order order, std::uint64_t handed_out)
      : tasks(order != Order::as_completed, 16),
        intake(source, tasks, nullptr, events, false, [](const InputError&) {}),
        outcomes({order, false, false}, tasks, intake, told) {
    for (std::uint64_t i = 0; i < handed_out; ++i) intake.read();
    intake.hand_out(handed_out);
  }
  void value(std::uint64_t index) { outcomes.value(index, "v", {}); }
  void failure(std::uint64_t index) {
    Failure failure;
    failure.message = "f";
    outcomes.failure(index, failure, {});
  }

  Sevens source;
  EventStream events;
  NumberedTasks tasks;
  TaskIntake intake;
  Told told;
  OutcomeOrder outcomes;
};

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("outcomes are reported immediately in completion order") {
  Desk desk(Order::as_completed, 3);
  desk.value(2);
  desk.failure(0);
  CHECK(desk.told.lines == Lines{"2 v", "0 f"});
}

TEST_CASE("in input order, an early outcome waits for all earlier ones") {
  Desk desk(Order::of_input, 4);
  desk.value(1);
  desk.failure(2);
  CHECK(desk.told.lines.empty());
  CHECK(desk.outcomes.bytes() > 0);
  desk.value(0);
  CHECK(desk.told.lines == Lines{"0 v", "1 v", "2 f"});
  CHECK(desk.outcomes.next() == 3);
  CHECK(desk.outcomes.bytes() == 0);
  CHECK(desk.outcomes.succeeded() == 2);
  CHECK(desk.outcomes.failed() == 1);
}

TEST_CASE("outcomes are reported all at once only on request") {
  Desk desk(Order::all_at_once, 2);
  desk.value(0);
  desk.value(1);
  CHECK(desk.told.lines.empty());
  desk.outcomes.tell_ready();
  CHECK(desk.told.lines == Lines{"0 v", "1 v"});
}

TEST_CASE("a skipped task does not delay others, and is not reported") {
  Desk desk(Order::of_input, 3);
  desk.value(2);
  desk.outcomes.skip(1, 1);
  desk.value(0);
  CHECK(desk.told.lines == Lines{"0 v", "2 v"});
}

TEST_CASE("skipping any number of tasks is immediate") {
  constexpr std::uint64_t many = std::uint64_t{1} << 50U;
  for (const Order order : {Order::as_completed, Order::of_input, Order::all_at_once}) {
    Desk desk(order, 2);
    desk.value(0);
    desk.tasks.add_range(2, {desk.tasks.bytes_of(1)->function, {0, 1, many}});
    desk.outcomes.skip(2, many / 2);
    desk.outcomes.skip(2 + many / 2, many / 2);
    desk.value(1);
    desk.outcomes.tell_ready();
    CHECK(desk.told.lines == Lines{"0 v", "1 v"});
    CHECK_FALSE(desk.outcomes.has_ready());
    if (desk.outcomes.in_order()) CHECK(desk.outcomes.next() == 2 + many);
  }
}

TEST_CASE("the rest is reported although an earlier outcome is missing") {
  Desk desk(Order::of_input, 4);
  desk.value(1);
  desk.value(3);
  desk.outcomes.tell_rest();
  CHECK(desk.told.lines == Lines{"1 v", "3 v"});
  CHECK(desk.outcomes.next() == 4);
}
