#include "run/task_intake.hpp"

#include "function/registry.hpp"
#include "wire/value.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <string>
#include <vector>

using namespace prun;

namespace {

/// What each call of `next` says; a `task` is identity(7).
class Script final : public TaskSource {
 public:
  explicit Script(std::deque<Pull> pulls) : pulls_(std::move(pulls)) { add_builtin_functions(registry_); }
  Pull next(Task& task) override {
    if (pulls_.empty()) return Pull::end;
    const Pull pull = pulls_.front();
    pulls_.pop_front();
    if (pull == Pull::task) task = Task{registry_.find("identity"), std::string("\x91\x07", 2), {}, {}, {}};
    return pull;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return std::nullopt; }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  std::deque<Pull> pulls_;
  Registry registry_;
  InputError error_{"bad entry"};
};

struct Desk {
  explicit Desk(std::deque<Pull> pulls, bool skip_bad = false)
      : source(std::move(pulls)), intake(source, tasks, nullptr, events, skip_bad, [this](const InputError& error) {
          bad.push_back(error.message);
        }) {}
  Script source;
  EventStream events;
  NumberedTasks tasks{true, 16};
  std::vector<std::string> bad;
  TaskIntake intake;
};

}  // namespace

TEST_CASE("tasks are numbered as they are read, and handed out in that order") {
  Desk desk({Pull::task, Pull::task});
  CHECK(desk.intake.read());
  CHECK(desk.intake.read());
  CHECK(desk.intake.gathered() == 2);
  CHECK(desk.intake.next() == 0);
  CHECK(desk.intake.next_was_read());
  desk.intake.hand_out(2);
  CHECK_FALSE(desk.intake.next_was_read());
  CHECK_FALSE(desk.intake.exhausted());
  CHECK_FALSE(desk.intake.read());
  CHECK(desk.intake.exhausted());
  CHECK(desk.intake.total() == 2);
}

TEST_CASE("a source that has nothing yet is waited for") {
  Desk desk({Pull::blocked, Pull::task});
  CHECK_FALSE(desk.intake.read());
  CHECK(desk.intake.waiting());
  CHECK_FALSE(desk.intake.ended());
  CHECK_FALSE(desk.intake.total());
  desk.intake.is_readable();
  CHECK(desk.intake.read());
}

TEST_CASE("bad input is told, and ends the input unless it is skipped") {
  Desk ends({Pull::bad, Pull::task});
  CHECK_FALSE(ends.intake.read());
  CHECK(ends.intake.ended());
  CHECK(ends.bad == std::vector<std::string>{"bad entry"});
  Desk goes_on({Pull::bad, Pull::task}, true);
  CHECK(goes_on.intake.read());
  CHECK(goes_on.bad.size() == 1);
  CHECK(goes_on.intake.bad_inputs() == 1);
}
