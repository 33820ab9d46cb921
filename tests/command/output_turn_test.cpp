#include "command/output_turn.hpp"

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

using prun::command::OutputTurn;

TEST_CASE("no task has the turn before the first offer") {
  OutputTurn turn;
  CHECK_FALSE(turn.take(0));
  CHECK_FALSE(turn.taken_by(0));
}

TEST_CASE("only the task that is offered the turn takes it, once") {
  OutputTurn turn;
  turn.offer(7);
  CHECK_FALSE(turn.take(6));
  CHECK_FALSE(turn.take(8));
  CHECK_FALSE(turn.taken_by(7));
  CHECK(turn.take(7));
  CHECK(turn.taken_by(7));
  CHECK_FALSE(turn.take(7));
}

TEST_CASE("a repeated offer does not revoke the turn") {
  OutputTurn turn;
  turn.offer(0);
  REQUIRE(turn.take(0));
  turn.offer(0);
  CHECK(turn.taken_by(0));
  turn.offer(1);
  CHECK_FALSE(turn.taken_by(0));
  CHECK_FALSE(turn.take(0));
  CHECK(turn.take(1));
}

TEST_CASE("a turn that a forked process takes is visible to the parent, even after its death") {
  OutputTurn turn;
  turn.offer(3);
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(turn.take(3) ? 0 : 1);
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(turn.taken_by(3));
}

TEST_CASE("a task that has taken its turn reports whether its output ends with a newline") {
  OutputTurn turn;
  turn.offer(2);
  CHECK_FALSE(turn.left_in_line(2));
  REQUIRE(turn.take(2));
  CHECK_FALSE(turn.left_in_line(2));
  turn.note_line_end(2, false);
  CHECK(turn.taken_by(2));
  CHECK(turn.left_in_line(2));
  turn.offer(2);
  CHECK(turn.left_in_line(2));
  turn.note_line_end(2, true);
  CHECK(turn.taken_by(2));
  CHECK_FALSE(turn.left_in_line(2));
}
