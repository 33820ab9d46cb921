#include "cluster/node_state.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace prun::cluster;
using namespace std::chrono_literals;
using Due = NodeState::Due;
using Phase = NodeState::Phase;

namespace {

const NodeState::Time begin{1h};

NodeState working_node(std::uint32_t workers = 2) {
  NodeState node({}, begin);
  node.started(begin);
  node.greeted(begin);
  node.ready(workers, begin);
  return node;
}

}  // namespace

TEST_CASE("a node is started at once, and takes tasks when it is ready") {
  NodeState node({}, begin);
  CHECK(node.due(begin) == Due::start);
  CHECK(node.credit() == 0);
  node.started(begin);
  CHECK(node.due(begin) == Due::nothing);
  CHECK(node.credit() == 0);
  node.greeted(begin);
  CHECK(node.credit() == 0);
  node.ready(4, begin);
  CHECK(node.credit() == 4);
  CHECK(node.idle() == 4);
  CHECK(node.backlog() == 0);
}

TEST_CASE("an agent that does not start in time is noticed in both steps") {
  NodeState node({.start_limit = 10s, .quiet_after = 20s}, begin);
  node.started(begin);
  CHECK(node.due(begin + 9s) == Due::nothing);
  CHECK(node.due(begin + 10s) == Due::too_slow);
  node.greeted(begin + 9s);
  CHECK(node.due(begin + 18s) == Due::nothing);
  CHECK(node.due(begin + 19s) == Due::too_slow);
}

TEST_CASE("a start that makes progress is not too slow: its limit counts from the last bytes that moved") {
  NodeState node({.start_limit = 10s, .quiet_after = 5s}, begin);
  node.started(begin);
  node.progressed(begin + 4s);
  CHECK(node.due(begin + 8s) == Due::nothing);
  CHECK(node.due(begin + 9s) == Due::quiet);
  node.told_quiet();
  CHECK(node.due(begin + 13s) == Due::nothing);
  node.greeted(begin + 13s);
  for (const auto moved : {20s, 40s, 60s}) {
    node.progressed(begin + moved);
    CHECK(node.due(begin + moved + 9s) == Due::nothing);
    CHECK(node.next_time() == begin + moved + 10s);
  }
  node.progressed(begin + 30s);
  CHECK(node.due(begin + 70s) == Due::too_slow);
}

TEST_CASE("bytes that move give a node that rests or works no more time") {
  NodeState node = working_node();
  node.progressed(begin + 2s);
  CHECK(node.due(begin + 3s) == Due::silent);
  CHECK(node.lost(begin, false).empty());
  node.progressed(begin + 2s);
  CHECK(node.due(begin + 500ms) == Due::start);
}

TEST_CASE("a silent node is dead after its time, and a heard one is not") {
  NodeState node = working_node();
  CHECK(node.next_time() == begin + 3s);
  CHECK(node.due(begin + 2999ms) == Due::nothing);
  CHECK(node.due(begin + 3s) == Due::silent);
  node.heard(begin + 2s);
  CHECK(node.due(begin + 4s) == Due::nothing);
  CHECK(node.due(begin + 5s) == Due::silent);
}

TEST_CASE("a lost node gives back exactly what it has not answered") {
  NodeState node = working_node();
  for (const std::uint64_t index : {5U, 3U, 4U}) node.sent({index, 1});
  CHECK(node.answered(4, 1));
  const auto tasks = node.lost(begin, false);
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0].index == 3);
  CHECK(tasks[1].index == 5);
  CHECK(node.phase() == Phase::resting);
  CHECK(node.held() == 0);
  CHECK(node.workers() == 0);
  CHECK(node.credit() == 0);
}

TEST_CASE("late and foreign answers are dropped") {
  NodeState node = working_node();
  node.sent({1, 2});
  CHECK_FALSE(node.answered(1, 1));
  CHECK_FALSE(node.answered(2, 2));
  CHECK(node.answered(1, 2));
  CHECK_FALSE(node.answered(1, 2));
  CHECK_FALSE(node.returned(1));
}

TEST_CASE("pauses double between tries, and the node is given up after four without an outcome") {
  NodeState node({}, begin);
  auto now = begin;
  for (const auto pause : {500ms, 1000ms, 2000ms}) {
    node.started(now);
    CHECK(node.lost(now, false).empty());
    CHECK(node.pause() == pause);
    CHECK(node.due(now + pause - 1ms) == Due::nothing);
    now += pause;
    CHECK(node.due(now) == Due::start);
  }
  node.started(now);
  CHECK(node.lost(now, false).empty());
  CHECK(node.phase() == Phase::gone);
  CHECK_FALSE(node.next_time());
}

TEST_CASE("a launcher that does not answer is told of once, before it is given up") {
  NodeState node({.start_limit = 10s, .quiet_after = 5s}, begin);
  node.started(begin);
  CHECK(node.next_time() == begin + 5s);
  CHECK(node.due(begin + 4s) == Due::nothing);
  CHECK(node.due(begin + 5s) == Due::quiet);
  node.told_quiet();
  CHECK(node.next_time() == begin + 10s);
  CHECK(node.due(begin + 6s) == Due::nothing);
  CHECK(node.due(begin + 10s) == Due::too_slow);
}

TEST_CASE("a node that has worked is tried again for a while, however often it fails") {
  NodeState node({.retry_for = 30s}, begin);
  node.started(begin);
  node.greeted(begin);
  node.ready(1, begin);
  for (int failures = 1; failures <= 10; ++failures) {
    CHECK(node.lost(begin + 29s, false).empty());
    CHECK(node.phase() == Phase::resting);
  }
  CHECK(node.lost(begin + 59s, false).empty());
  CHECK(node.phase() == Phase::gone);
}

TEST_CASE("an outcome is a success that forgives earlier failures") {
  NodeState node({}, begin);
  for (int i = 0; i < 20; ++i) {
    node.started(begin);
    node.greeted(begin);
    node.ready(1, begin);
    node.note_outcome(begin, 1ms);
    CHECK(node.lost(begin, false).empty());
  }
  CHECK(node.phase() == Phase::resting);
  CHECK(node.pause() == 500ms);
}

TEST_CASE("what would fail again the same way is given up at once") {
  NodeState node({}, begin);
  node.started(begin);
  CHECK(node.lost(begin, true).empty());
  CHECK(node.phase() == Phase::gone);
}

TEST_CASE("credit is what the window has beyond what the node holds") {
  NodeState node = working_node(2);
  node.sent({0, 1});
  CHECK(node.credit() == 1);
  node.sent({1, 1});
  CHECK(node.credit() == 0);
  CHECK(node.idle() == 0);
}

TEST_CASE("short tasks open the window, and long ones keep it near the number of workers") {
  CreditWindow fast;
  fast.set_workers(2);
  fast.round_trip(1ms);
  for (int i = 0; i < 2000; ++i) fast.answered(begin + i * 10us, 1us);
  CHECK(fast.size() > 1000);
  CHECK(fast.size() <= CreditWindow::largest);
  CreditWindow slow;
  slow.set_workers(64);
  slow.round_trip(1ms);
  for (int i = 0; i < 640; ++i) slow.answered(begin + i * 16ms, 1s);
  CHECK(slow.size() >= 64);
  CHECK(slow.size() <= 66);
}

TEST_CASE("a stuck backlog can be taken back, one recall at a time") {
  NodeState node = working_node(2);
  for (std::uint64_t i = 0; i < 10; ++i) node.sent({i, 1});
  CHECK(node.backlog() == 8);
  CHECK(node.spare(begin, 3) == 0);
  CHECK(node.spare(begin + 1s, 3) == 3);
  CHECK(node.spare(begin + 1s, 100) == 4);
  node.recall_sent();
  CHECK(node.spare(begin + 1s, 3) == 0);
  node.recall_answered();
  CHECK(node.spare(begin + 1s, 3) == 3);
}
