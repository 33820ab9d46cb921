#include "cluster/messages.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace prun::cluster;

TEST_CASE("a setup arrives as it was sent") {
  Setup setup;
  setup.command_line = {"prun", "map", "fib", "1..39"};
  setup.directory = "/tmp";
  setup.workdir = "w";
  setup.environment = {{"PRUN_PLUGIN_PATH", "/p"}};
  setup.workers = 7;
  setup.dead_after = std::chrono::milliseconds(1500);
  setup.measured = true;
  setup.host = "node1";
  const Setup read = decode_setup(encode(setup));
  CHECK(read.command_line == setup.command_line);
  CHECK(read.directory == "/tmp");
  CHECK(read.workdir == "w");
  CHECK(read.environment == setup.environment);
  CHECK(read.workers == 7);
  CHECK(read.dead_after == setup.dead_after);
  CHECK(read.measured);
  CHECK(read.host == "node1");
}

TEST_CASE("tasks arrive as they were sent") {
  std::string items;
  append_item(items, "\x91\x01", "");
  append_item(items, "\x91\x02", "\x80");
  TaskBatch batch;
  batch.function = "fib";
  batch.first_index = 1000;
  batch.attempt = 3;
  batch.count = 2;
  batch.items = items;
  const std::string body = encode(batch);
  const TaskBatch read = decode_tasks(body);
  CHECK(read.function == "fib");
  CHECK(read.first_index == 1000);
  CHECK(read.attempt == 3);
  CHECK(read.items == items);
  wire::ValueReader reader(read.items);
  CHECK(take_item(reader).kwargs.empty());
  const Item second = take_item(reader);
  CHECK(second.args == "\x91\x02");
  CHECK(second.kwargs == "\x80");
}

TEST_CASE("a range of tasks is three numbers") {
  TaskBatch batch;
  batch.count = 1'000'000;
  batch.range = IntRange{5, -2, 1'000'000};
  const std::string body = encode(batch);
  CHECK(body.size() < 32);
  const TaskBatch read = decode_tasks(body);
  CHECK_FALSE(read.function);
  REQUIRE(read.range);
  CHECK(*read.range == *batch.range);
}

TEST_CASE("tasks with missing or surplus items are refused") {
  TaskBatch batch;
  batch.function = "fib";
  batch.count = 2;
  std::string items;
  append_item(items, "\x91\x01", "");
  batch.items = items;
  CHECK_THROWS_AS(static_cast<void>(decode_tasks(encode(batch))), wire::DecodeError);
  append_item(items, "\x91\x01", "");
  append_item(items, "\x91\x01", "");
  batch.items = items;
  CHECK_THROWS_AS(static_cast<void>(decode_tasks(encode(batch))), wire::DecodeError);
}

TEST_CASE("outcomes arrive as they were sent") {
  std::string body;
  detail::AttemptInfo info;
  info.attempt = 2;
  info.worker = 77;
  info.started_ns = 123;
  info.duration_ns = 456;
  info.usage = Usage{std::chrono::microseconds(1), std::chrono::microseconds(2), 3, 4, 5};
  append_value(body, 9, info, "\x2a");
  Failure failure;
  failure.kind = FailureKind::exit;
  failure.message = "no";
  failure.exit_status = 3;
  append_failure(body, 10, {}, failure);
  wire::ValueReader reader(body);
  const Outcome value = take_outcome(reader);
  CHECK(value.index == 9);
  CHECK(value.value == "\x2a");
  CHECK_FALSE(value.failure);
  CHECK(value.info.worker == 77);
  CHECK(value.info.duration_ns == 456);
  CHECK(value.info.usage == info.usage);
  const Outcome failed = take_outcome(reader);
  REQUIRE(failed.failure);
  CHECK(*failed.failure == failure);
  CHECK(reader.at_end());
}
