#include "run/retry_policy.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace prun;
using namespace std::chrono_literals;

TEST_CASE("crashes and timeouts are retried as often as requested") {
  RetryPolicy retry;
  CHECK_FALSE(retry.again(FailureKind::lost_signal, 1));
  retry.retries = 2;
  CHECK(retry.again(FailureKind::lost_signal, 1));
  CHECK(retry.again(FailureKind::timeout, 2));
  CHECK_FALSE(retry.again(FailureKind::lost_signal, 3));
}

TEST_CASE("exceptions and exits are retried on request") {
  RetryPolicy retry;
  retry.retries = 1;
  CHECK_FALSE(retry.again(FailureKind::exception, 1));
  CHECK_FALSE(retry.again(FailureKind::exit, 1));
  retry.on_exception = retry.on_exit = true;
  retry.on_crash = false;
  CHECK(retry.again(FailureKind::exception, 1));
  CHECK(retry.again(FailureKind::exit, 1));
  CHECK_FALSE(retry.again(FailureKind::signal, 1));
}

TEST_CASE("failures that would repeat are never retried") {
  RetryPolicy retry;
  retry.retries = 9;
  retry.on_exception = retry.on_exit = true;
  for (const auto kind : {FailureKind::bad_arguments, FailureKind::bad_result, FailureKind::cancelled}) {
    CHECK_FALSE(retry.again(kind, 1));
  }
}

TEST_CASE("pauses double, give or take a half, up to a minute") {
  RetryPolicy retry;
  retry.delay = 100ms;
  for (std::uint64_t task = 0; task < 50; ++task) {
    CHECK(retry.pause_before(2, task) >= 50ms);
    CHECK(retry.pause_before(2, task) <= 150ms);
    CHECK(retry.pause_before(4, task) >= 200ms);
    CHECK(retry.pause_before(4, task) <= 600ms);
    CHECK(retry.pause_before(1000, task) <= 90s);
    CHECK(retry.pause_before(1000, task) >= 30s);
  }
}

TEST_CASE("tasks that failed together do not come back together, but at the same time in each run") {
  RetryPolicy retry;
  retry.delay = 1s;
  std::set<std::chrono::nanoseconds> pauses;
  for (std::uint64_t task = 0; task < 50; ++task) pauses.insert(retry.pause_before(2, task));
  CHECK(pauses.size() == 50);
  CHECK(retry.pause_before(2, 7) == retry.pause_before(2, 7));
  CHECK(RetryPolicy{}.pause_before(2, 7) == 0s);
}
