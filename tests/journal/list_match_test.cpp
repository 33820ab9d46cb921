// An input that is not the recorded one: which of its tasks are recorded, and which have an outcome.
#include "journal/list_match.hpp"

#include "journal/journal_support.hpp"
#include "journal/sqlite.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace prun;
using namespace prun::test;
using Segments = std::vector<journal::TaskList::Segment>;

namespace {

/// A journal with identity(0) to identity(3), of which 0 and 2 have succeeded and 3 has failed.
class Recorded {
 public:
  Recorded() {
    Recording run(folder_.file("j"));
    for (std::uint64_t i = 0; i < 4; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.end_input(4);
    run.succeed(0, value(0));
    run.succeed(2, value(2));
    Failure failure;
    failure.kind = FailureKind::exception;
    failure.message = "it failed";
    run.fail(3, failure);
  }

  [[nodiscard]] std::string path() const { return folder_.file("j"); }

 private:
  Folder folder_;
};

struct Match {
  explicit Match(std::uint64_t same = 0, bool failures_too = true) : match(database, tasks, same, failures_too) {}

  Recorded recorded;
  journal::Database database{recorded.path(), SQLITE_OPEN_READWRITE};
  journal::RecordedTasks tasks{database};
  journal::ListMatch match;
};

}  // namespace

TEST_CASE("tasks of a changed input are the recorded ones, or new with the next numbers") {
  Match changed;
  journal::ListMatch& match = changed.match;
  for (const std::int64_t number : {2, 9, 3, 8}) match.add(task(number));
  CHECK_FALSE(match.counts().gone);
  match.end();
  CHECK(match.list().segments() == Segments{{0, 2, 1}, {1, 4, 1}, {2, 3, 1}, {3, 5, 1}});
  CHECK_FALSE(match.is_new(0));
  CHECK(match.is_new(1));
  CHECK(match.counts().reused == 2);
  CHECK(match.counts().known == 2);
  CHECK(match.counts().added == 2);
  CHECK(match.counts().gone == 2);
  CHECK(match.rows().back() == journal::TaskList::Segment{4, 6, 0});
}

TEST_CASE("the next place with an outcome may be one that is not read yet") {
  Match changed;
  journal::ListMatch& match = changed.match;
  for (const std::int64_t number : {2, 9, 3, 8}) match.add(task(number));
  CHECK(match.next(0) == 0);
  CHECK(match.next(1) == 2);
  CHECK(match.next(3) == 4);
  match.end();
  CHECK(match.next(3) == std::nullopt);
}

TEST_CASE("a failure is an outcome only if failures count") {
  Match changed(0, false);
  for (const std::int64_t number : {2, 3}) changed.match.add(task(number));
  changed.match.end();
  CHECK(changed.match.counts().reused == 1);
  CHECK(changed.match.counts().known == 2);
  CHECK(changed.match.next(0) == 0);
  CHECK(changed.match.next(1) == std::nullopt);
}

TEST_CASE("the input may begin with the recorded tasks") {
  Match changed(2);
  changed.match.add(task(3));
  changed.match.end();
  CHECK(changed.match.list().segments() == Segments{{0, 0, 2}, {2, 3, 1}});
  CHECK(changed.match.next(0) == 0);
  CHECK(changed.match.next(1) == 2);
  CHECK(changed.match.counts().gone == 1);
}

TEST_CASE("the recorded tasks in order are no new list, also as a range") {
  Match same;
  same.match.add(builtin("identity"), {0, 1, 4});
  same.match.end();
  CHECK(same.match.rows().empty());
  CHECK(same.match.counts().known == 4);
  CHECK(same.match.counts().added == 0);
  CHECK(same.match.counts().gone == 0);
}
