// When a run starts no more commands, as the system refuses to, and when it tries again.
#include "run/start_limit.hpp"

#include <doctest/doctest.h>

using prun::StartLimit;

TEST_CASE("nothing is limited before a start is refused") {
  StartLimit limit;
  limit.ended();
  CHECK(limit.allows(1'000'000));
}

TEST_CASE("after a refusal no more run than ran then, until some have ended") {
  StartLimit limit;
  CHECK(limit.refused(3));
  CHECK(limit.allows(2));
  CHECK_FALSE(limit.allows(3));
  for (int i = 0; i < 3; ++i) limit.ended();
  CHECK(limit.allows(3));
  CHECK_FALSE(limit.allows(4));
}

TEST_CASE("one start may always be tried after a pause, but not forever if nothing else runs") {
  StartLimit limit;
  int tries = 1;
  const auto before = StartLimit::Clock::now() - StartLimit::pause;
  while (limit.refused(0, before)) {
    CHECK(limit.allows(0));
    ++tries;
  }
  CHECK(tries == 21);
}

TEST_CASE("after all tries in vain, other starts that are refused fail at once, until a command has ended") {
  StartLimit limit;
  while (limit.refused(0)) {
  }
  CHECK(limit.allows(0));
  CHECK_FALSE(limit.refused(0));
  CHECK(limit.allows(0));
  limit.ended();
  CHECK(limit.refused(0));
}

TEST_CASE("if nothing else runs, no other task is tried before the pause has passed") {
  StartLimit limit;
  const auto later = StartLimit::Clock::now() + std::chrono::hours(1);
  CHECK(limit.refused(0, later));
  CHECK(limit.next_try() == later + StartLimit::pause);
  CHECK_FALSE(limit.allows(0));
  limit.ended();
  CHECK(limit.allows(0));
}

TEST_CASE("workers should become fewer, once for each refusal, if nothing else runs") {
  StartLimit limit;
  CHECK(limit.refused(1));
  CHECK_FALSE(limit.take_wish_for_fewer_workers());
  CHECK(limit.refused(0));
  CHECK(limit.take_wish_for_fewer_workers());
  CHECK_FALSE(limit.take_wish_for_fewer_workers());
}

TEST_CASE("a command that ran shows that starts are possible") {
  StartLimit limit;
  for (int i = 0; i < 20; ++i) CHECK(limit.refused(0));
  limit.ended();
  CHECK(limit.refused(0));
}
