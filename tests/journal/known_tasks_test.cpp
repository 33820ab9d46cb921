// Recorded tasks are found by what they are: function, arguments and id.
#include "journal/known_tasks.hpp"

#include "journal/journal_support.hpp"
#include "journal/sqlite.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace prun;
using namespace prun::test;

namespace {

/// A journal with identity(0), identity(10), (12) ... (18) as a range, identity(7) twice, and a task with an id.
class Recorded {
 public:
  Recorded() {
    Recording run(folder_.file("j"));
    run.read(0, task(0));
    run.read(1, builtin("identity"), {10, 2, 5});
    run.read(6, task(7));
    run.read(7, task(7));
    run.read(8, with_id());
    run.end_input(9);
  }

  [[nodiscard]] static Task with_id() {
    Task named = task(0);
    named.id = value("its id");
    return named;
  }
  [[nodiscard]] std::string path() const { return folder_.file("j"); }

 private:
  Folder folder_;
};

}  // namespace

TEST_CASE("each recorded task is found once, whatever its place") {
  const Recorded recorded;
  journal::Database database(recorded.path(), SQLITE_OPEN_READWRITE);
  journal::RecordedTasks tasks(database);
  journal::KnownTasks known(tasks, 0);
  CHECK(known.take(Recorded::with_id()) == 8);
  CHECK(known.take(task(7)) == 6);
  CHECK(known.take(task(0)) == 0);
  CHECK(known.take(task(7)) == 7);
  for (const std::int64_t again : {0, 7}) CHECK(known.take(task(again)) == std::nullopt);
  CHECK(known.take(task_of("[\"0\"]")) == std::nullopt);
  CHECK(known.take(Task{&builtin("fib"), task(0).args, {}, {}, {}}) == std::nullopt);
}

TEST_CASE("each number of a recorded range is found once") {
  const Recorded recorded;
  journal::Database database(recorded.path(), SQLITE_OPEN_READWRITE);
  journal::RecordedTasks tasks(database);
  journal::KnownTasks known(tasks, 0);
  CHECK(known.take(task(14)) == 3);
  CHECK(known.take(task(18)) == 5);
  CHECK(known.take(task(12)) == 2);
  CHECK(known.take(task(10)) == 1);
  CHECK(known.take(task(16)) == 4);
  for (const std::int64_t other : {8, 10, 11, 14, 18, 20}) CHECK(known.take(task(other)) == std::nullopt);
}

TEST_CASE("tasks before the first one to read are not found") {
  const Recorded recorded;
  journal::Database database(recorded.path(), SQLITE_OPEN_READWRITE);
  journal::RecordedTasks tasks(database);
  journal::KnownTasks known(tasks, 3);  // within the range
  for (const std::int64_t before : {0, 10, 12}) CHECK(known.take(task(before)) == std::nullopt);
  CHECK(known.take(task(14)) == 3);
  CHECK(known.take(task(7)) == 6);
}
