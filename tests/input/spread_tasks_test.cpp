// Inputs spread over the workers.
#include "input/commands/spread_tasks.hpp"

#include "input/commands/command_inputs.hpp"

#include "command/command_function.hpp"
#include "wire/json.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace prun;

namespace {

/// Rows of one input each, and at some place none for now.
class Rows final : public InputRows {
 public:
  explicit Rows(std::vector<std::string> inputs, std::size_t blocked_at = SIZE_MAX)
      : inputs_(std::move(inputs)), blocked_at_(blocked_at) {}
  Pull next(InputRow& row) override {
    if (at_ == std::exchange(blocked_at_, at_ == blocked_at_ ? SIZE_MAX : blocked_at_)) return Pull::blocked;
    if (at_ == inputs_.size()) return Pull::end;
    row.assign(1, inputs_[at_++]);
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] int wait_fd() const override { return -1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  std::vector<std::string> inputs_;
  std::size_t blocked_at_;
  std::size_t at_ = 0;
  InputError none_;
};

std::vector<std::string> numbers(int count) {
  std::vector<std::string> made;
  for (int i = 1; i <= count; ++i) made.push_back(std::to_string(i));
  return made;
}

const Function& function() {
  static const command::CommandSurroundings surroundings;
  static const command::TemplateCommand made("c", *command::CommandTemplate::of_words({"c"}, true), surroundings,
                                             false);
  return made;
}

std::vector<std::string> calls(SpreadTasks& tasks) {
  std::vector<std::string> all;
  Task task;
  for (Pull pull = tasks.next(task); pull != Pull::end; pull = tasks.next(task)) {
    REQUIRE(pull == Pull::task);
    wire::append_json(all.emplace_back(), task.args);
  }
  return all;
}

using Calls = std::vector<std::string>;

}  // namespace

TEST_CASE("inputs are spread evenly over the workers") {
  SpreadTasks three(std::make_unique<Rows>(numbers(7)), 3, 0, function());
  CHECK(calls(three) == Calls{R"(["1","2","3"])", R"(["4","5"])", R"(["6","7"])"});
  SpreadTasks more(std::make_unique<Rows>(numbers(2)), 3, 0, function());
  CHECK(calls(more) == Calls{R"(["1"])", R"(["2"])"});
  SpreadTasks none(std::make_unique<Rows>(numbers(0)), 3, 0, function());
  CHECK(calls(none).empty());
}

TEST_CASE("a call gets no more inputs than fit") {
  constexpr std::size_t one = 2 + sizeof(char*);
  SpreadTasks tasks(std::make_unique<Rows>(numbers(9)), 2, 2 * one, function());
  const Calls all = calls(tasks);
  CHECK(all.size() == 5);
  CHECK(all.front() == R"(["1","2"])");
  SpreadTasks too_long(std::make_unique<Rows>(std::vector<std::string>{std::string(100, 'x'), "y"}), 2, one,
                       function());
  CHECK(calls(too_long).size() == 2);
}

TEST_CASE("a full call for each worker is handed out before the input ends") {
  constexpr std::size_t one = 2 + sizeof(char*);
  SpreadTasks tasks(std::make_unique<Rows>(numbers(9), 4), 2, 2 * one, function());
  Task task;
  REQUIRE(tasks.next(task) == Pull::task);
  std::string args;
  wire::append_json(args, task.args);
  CHECK(args == R"(["1","2"])");
  CHECK(tasks.next(task) == Pull::blocked);
}
