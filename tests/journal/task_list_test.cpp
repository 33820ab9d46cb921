// The input of a run as numbers of recorded tasks.
#include "journal/task_list.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace prun;
using journal::TaskList;
using Segments = std::vector<TaskList::Segment>;

TEST_CASE("tasks that are neighbours in the journal too are one segment") {
  TaskList list;
  list.add(5, 2);
  list.add(7, 1);
  list.add(9, 0);
  list.add(2, 1);
  list.add(8, 3);
  CHECK(list.size() == 7);
  CHECK(list.segments() == Segments{{0, 5, 3}, {3, 2, 1}, {4, 8, 3}});
}

TEST_CASE("the task at a place is found, whatever was looked up before") {
  TaskList list;
  const std::vector<std::uint64_t> tasks{5, 6, 7, 2, 8, 9, 0, 1};
  for (const std::uint64_t task : tasks) list.add(task, 1);
  for (std::uint64_t first = 0; first < tasks.size(); ++first) {
    for (std::uint64_t second = 0; second < tasks.size(); ++second) {
      CHECK(list.task_at(first) == tasks[first]);
      CHECK(list.task_at(second) == tasks[second]);
    }
  }
}
