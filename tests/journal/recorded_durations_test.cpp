// The durations of one run as the costs of another: a task is found by its call, not by its place.
#include "journal/recorded_durations.hpp"

#include "journal/journal_support.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::test;

namespace {

detail::AttemptInfo took(std::int64_t duration_ns, std::uint32_t attempt = 1) {
  detail::AttemptInfo info;
  info.started_ns = 1;
  info.duration_ns = duration_ns;
  info.attempt = attempt;
  return info;
}

std::optional<double> cost(journal::RecordedDurations& durations, const Task& task) {
  const auto cost = durations.cost_of(task);
  REQUIRE(cost);
  return *cost;
}

}  // namespace

TEST_CASE("a journal tells the cost of calls that it has, wherever they stood, and of no others") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, builtin("fib"), {30, 2, 3});
    run.read(3, task_of("[\"text\"]"));
    run.read(4, task(7));
    run.end_input(5);
    run.succeed(1, value(1), took(20));
    run.succeed(2, value(1), took(30));
    run.succeed(3, value("x"), took(40));
    run.journal.finish();
    run.journal.end("done");
  }
  journal::JournalFile file(folder.file("j"), journal::JournalFile::Use::look_at);
  journal::RecordedDurations durations(file);
  CHECK(cost(durations, Task{&builtin("fib"), json_value("[32]"), {}, {}, {}}) == 20.0);
  CHECK(cost(durations, Task{&builtin("fib"), json_value("[34]"), {}, {}, {}}) == 30.0);
  CHECK(cost(durations, task_of("[\"text\"]")) == 40.0);
  CHECK_FALSE(cost(durations, Task{&builtin("fib"), json_value("[30]"), {}, {}, {}}).has_value());  // it did not run
  CHECK_FALSE(cost(durations, Task{&builtin("fib"), json_value("[33]"), {}, {}, {}}).has_value());
  CHECK_FALSE(cost(durations, Task{&builtin("collatz"), json_value("[32]"), {}, {}, {}}).has_value());
  CHECK_FALSE(cost(durations, task(7)).has_value());
}

TEST_CASE("of several attempts at a task, the longest is its cost") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, task(1));
    run.end_input(1);
    Failure failure;
    run.fail(0, failure, false, 1);
    run.succeed(0, value(1), took(50, 2));
    run.journal.finish();
    run.journal.end("done");
  }
  journal::JournalFile file(folder.file("j"), journal::JournalFile::Use::look_at);
  journal::RecordedDurations durations(file);
  CHECK(cost(durations, task(1)) == 50.0);
}
