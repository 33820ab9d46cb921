// What a signal asks for: what the workers do, why nothing starts, and how far the run is.
#include "progress/status_block.hpp"

#include "support/fake_run.hpp"

#include <doctest/doctest.h>

using namespace prun;
using namespace std::chrono_literals;

TEST_CASE("the status names each worker's task with its age and memory, then the counts") {
  test::FakeRun run;
  run.now_done = {408, 2, 2, 0, 1};
  run.now_total = 938;
  run.time = 724s;
  run.runs(77, 538s, "./sim 77");
  run.bytes = 1'288'490'189;
  run.idles();
  CHECK(status_block(run) ==
        "prun: worker 100: task 77, ./sim 77, for 8m58s, 1.2G\n"
        "prun: worker 101: idle\n"
        "prun: 412 of 938 tasks done, 3 failed, 1 running, 2 recorded by earlier runs, 12:04 elapsed\n");
}

TEST_CASE("the status says why nothing starts") {
  test::FakeRun run;
  run.idles();
  run.calls[17] = "slow(17)";
  run.held = {HeldBack::Reason::order, 17};
  CHECK(status_block(run) ==
        "prun: worker 100: idle\n"
        "prun: nothing starts: the buffer is full of results that wait for task 17, slow(17)\n"
        "prun: 0 tasks done, 0 failed, 0 running, 0:00 elapsed\n");
}

TEST_CASE("an escape sequence in a task's name does not reach the terminal") {
  test::FakeRun run;
  run.runs(0, 1s, "evil \x1b[2J\n");
  CHECK(status_block(run).find('\x1b') == std::string::npos);
  CHECK(status_block(run).starts_with("prun: worker 100: task 0, evil \\x1b[2J\\n, for 1s\n"));
}
