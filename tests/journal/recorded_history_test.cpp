// The record of a run as a journal gives it back: with the figures that the journal has.
#include "journal/recorded_history.hpp"

#include "journal/journal_support.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

detail::AttemptInfo measured(std::int64_t after_ns, std::int64_t duration_ns, std::int32_t pid,
                             std::uint32_t attempt = 1) {
  detail::AttemptInfo info;
  info.started_ns = std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count() + after_ns;
  info.duration_ns = duration_ns;
  info.worker = pid;
  info.attempt = attempt;
  info.usage = Usage{std::chrono::microseconds(duration_ns / 2000), std::chrono::microseconds(0), 1 << 20, 0, 0};
  return info;
}

history::History history_of(const std::string& path) {
  journal::JournalFile file(path, journal::JournalFile::Use::look_at);
  const journal::RunRecord run = journal::read_runs(file).back();
  return journal::read_history(file, run, journal::facts_of(run));
}

std::vector<history::Attempt> attempts_of(const history::History& history) {
  std::vector<history::Attempt> all;
  history.for_each_attempt([&](const history::Attempt& attempt) { all.push_back(attempt); });
  return all;
}

}  // namespace

TEST_CASE("the record of a journal has its attempts, places, calls and figures") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, builtin("fib"), {30, 1, 3});
    run.read(3, task_of("[\"text\"]"));
    run.end_input(4);
    run.succeed(0, value(1), measured(0, 1'000'000, 50));
    run.succeed(1, value(2), measured(500'000, 2'000'000, 51));
    run.succeed(2, value(3), measured(1'500'000, 4'000'000, 52));  // takes the place of process 50
    run.succeed(3, value("text"), measured(3'000'000, 8'000'000, 51));
    run.journal.finish();
    run.journal.end("done");
  }
  const history::History history = history_of(folder.file("j"));
  const history::Totals& totals = history.totals();
  CHECK(totals.attempts == 4);
  CHECK(totals.succeeded == 4);
  CHECK(totals.busy == 15'000'000);
  CHECK(totals.longest == 8'000'000);
  CHECK(totals.cpu_us == 7'500);
  CHECK(totals.max_rss == 1 << 20);
  CHECK(history.worker_count() == 2);
  const auto attempts = attempts_of(history);
  CHECK(attempts.at(0).worker == 0);
  CHECK(attempts.at(1).worker == 1);
  CHECK(attempts.at(2).worker == 0);
  CHECK(attempts.at(3).worker == 1);
  CHECK(attempts.at(3).duration == 8'000'000);
  CHECK(attempts.at(3).cpus == doctest::Approx(0.5));
  CHECK(history.calls().functions() == std::vector<std::string>{"fib", "identity"});
  CHECK(history.call_of(2) == "fib(32)");
  CHECK(history.call_of(3) == "identity(\"text\")");
  CHECK(history.largest().sorted().at(0).result_bytes == value("text").size());
  CHECK(history.slowest().sorted().at(0).index == 3);
  CHECK(history.ending() == "done");
  REQUIRE(history.run_end());
  CHECK(history.run_end()->not_run == 0);
}

TEST_CASE("failures of a journal are grouped, and what was tried again is counted apart") {
  const Folder folder;
  Failure failure;
  failure.kind = FailureKind::exit;
  failure.exit_status = 3;
  {
    Recording run(folder.file("j"));
    for (std::uint64_t i = 0; i < 3; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.fail(0, failure, false);
    run.fail(0, failure, true, 2);
    run.fail(1, failure);
  }
  const history::History history = history_of(folder.file("j"));
  CHECK(history.totals().attempts == 3);
  CHECK(history.totals().failed == 2);
  CHECK(history.totals().retried == 1);
  CHECK(history.totals().unmeasured == 3);
  const auto groups = history.failures().sorted();
  REQUIRE(groups.size() == 1);
  CHECK(groups[0].tasks == 2);
  CHECK(groups[0].attempts == 3);
  CHECK(groups[0].pattern == "exit status N");
  CHECK(groups[0].call == "identity(0)");
}

TEST_CASE("a run that was killed has no end, and lasted as long as its attempts that are known") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, task(0));
    run.succeed(0, value(1), measured(0, 5'000'000, 50));
  }
  const history::History history = history_of(folder.file("j"));
  CHECK_FALSE(history.run_end());
  CHECK(history.ending() == "was killed");
  CHECK(history.wall() >= 5'000'000);
}

TEST_CASE("what had failed in an earlier run and is not run again is counted") {
  const Folder folder;
  Failure failure;
  failure.kind = FailureKind::exit;
  {
    Recording run(folder.file("j"));
    for (std::uint64_t i = 0; i < 3; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.succeed(0, value(1), measured(0, 5'000'000, 50));
    run.fail(1, failure);
  }
  {
    Recording run(folder.file("j"), true);
    for (std::uint64_t i = 0; i < 3; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.succeed(2, value(1), measured(0, 7'000'000, 60));
    run.journal.finish();
    run.journal.end("done");
  }
  const history::History history = history_of(folder.file("j"));
  CHECK(history.totals().failed == 0);
  CHECK(history.totals().recalled == 2);
  CHECK(history.totals().recalled_failures == 1);
}

TEST_CASE("what an earlier run had done is counted, not shown") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    for (std::uint64_t i = 0; i < 3; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.succeed(0, value(1), measured(0, 5'000'000, 50));
    run.succeed(1, value(1), measured(0, 5'000'000, 50));
  }
  {
    Recording run(folder.file("j"), true);
    for (std::uint64_t i = 0; i < 3; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
    run.succeed(2, value(1), measured(0, 7'000'000, 60));
    run.journal.finish();
    run.journal.end("done");
  }
  const history::History history = history_of(folder.file("j"));
  CHECK(history.totals().attempts == 1);
  CHECK(history.totals().recalled == 2);
  CHECK(history.totals().busy == 7'000'000);
  CHECK(history.run_end()->not_run == 0);
}
