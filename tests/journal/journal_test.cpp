// A journal as a run sees it: what is noted comes back to the next run, and what does not fit is refused.
#include "journal/journal.hpp"

#include "journal/journal_source.hpp"
#include "journal/journal_support.hpp"
#include "journal/summary.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <string>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

constexpr std::uint64_t none = RecordedRun::none;

/// identity(0), identity(1), ...: so many tasks, noted.
void note_tasks(Recording& run, std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) run.read(i, task(static_cast<std::int64_t>(i)));
}

}  // namespace

TEST_CASE("outcomes are read in the order of the tasks, with all their fields") {
  const Folder folder;
  detail::AttemptInfo info;
  info.started_ns = 5'000'000'000;
  info.duration_ns = 123'456;
  info.worker = 77;
  info.attempt = 3;
  info.usage = Usage{std::chrono::microseconds(10), std::chrono::microseconds(20), 1 << 20, 7, 8};
  {
    Recording run(folder.file("j"));
    note_tasks(run, 4);
    run.succeed(2, value("two"), info);
    run.succeed(0, value(0));
  }
  Recording again(folder.file("j"), true);
  CHECK(again.journal.next_recorded(0) == 0);
  CHECK(again.take(0).value == value(0));
  CHECK(again.journal.next_recorded(1) == 2);
  const RecordedOutcome outcome = again.take(2);
  CHECK_FALSE(outcome.failure);
  CHECK(outcome.value == value("two"));
  CHECK(outcome.info.duration_ns == info.duration_ns);
  CHECK(outcome.info.worker == 77);
  CHECK(outcome.info.attempt == 3);
  CHECK(outcome.info.usage == info.usage);
  CHECK(again.journal.next_recorded(3) == none);
}

TEST_CASE("a clock that is set back during a run does not make its duration negative") {
  const Folder folder;
  Recording run(folder.file("j"));
  // As if the time of day had been an hour later when the run started.
  run.journal.file().writer().execute("UPDATE runs SET started = started + 3600000000000");
  run.journal.finish();
  run.journal.end("done");
  const auto runs = read_runs(run.journal.file());
  REQUIRE(runs.at(0).ended);
  CHECK(*runs[0].ended >= runs[0].started);
  CHECK(*runs[0].ended - runs[0].started < 3'000'000'000'000);
}

TEST_CASE("the output of a command that was stopped early is recorded, whatever stopped it") {
  for (const FailureKind kind : {FailureKind::timeout, FailureKind::cpu_limit, FailureKind::out_of_memory,
                                 FailureKind::lost_signal, FailureKind::lost_exit, FailureKind::signal}) {
    CAPTURE(name_of(kind));
    const Folder folder;
    Failure failure;
    failure.kind = kind;
    failure.message = "it exceeded its time limit";
    failure.detail = json_value("{\"stdout\":\"the first half\",\"stderr\":\"\"}");
    {
      Recording run(folder.file("j"));
      note_tasks(run, 1);
      run.fail(0, failure);
    }
    Recording again(folder.file("j"), true);
    REQUIRE(again.journal.next_recorded(0) == 0);
    CHECK(again.take(0).failure == failure);
  }
}

TEST_CASE("the output of a cancelled command is kept, and its task counts as missing") {
  const Folder folder;
  Failure failure;
  failure.kind = FailureKind::cancelled;
  failure.detail = json_value("{\"stdout\":\"the first half\",\"stderr\":\"\"}");
  {
    Recording run(folder.file("j"));
    note_tasks(run, 2);
    run.fail(0, failure);
    failure.detail.clear();
    run.fail(1, failure);
  }
  Recording again(folder.file("j"), true);
  CHECK(again.journal.next_recorded(0) == none);
  CHECK(again.journal.file().reader().integer("SELECT count(*) FROM attempts WHERE detail LIKE '%first half%'") == 1);
  CHECK(again.journal.file().reader().integer("SELECT count(*) FROM attempts") == 1);
}

TEST_CASE("the input is complete only if no run has read more than the run that reached its end") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    note_tasks(run, 2);
    run.end_input(2);
  }
  {
    journal::JournalFile file(folder.file("j"), journal::JournalFile::Use::look_at);
    CHECK(journal::summarize(file, 1).whole);
  }
  {
    Recording longer(folder.file("j"), true);
    note_tasks(longer, 3);
  }
  journal::JournalFile file(folder.file("j"), journal::JournalFile::Use::look_at);
  CHECK_FALSE(journal::summarize(file, 1).whole);
}

TEST_CASE("a failure is read with all fields, and is missing with failed_too or if it was to be retried") {
  const Folder folder;
  Failure failure;
  failure.kind = FailureKind::exit;
  failure.type = "prun::CommandError";
  failure.message = std::string("a\0b\xff", 4);
  failure.where = "here";
  failure.signal = 3;
  failure.exit_status = 7;
  failure.pid = 42;
  failure.traceback = "line 1\nline 2";
  failure.detail = json_value("{\"stdout\":\"x\"}");
  {
    Recording run(folder.file("j"));
    note_tasks(run, 3);
    run.fail(0, failure);
    run.fail(1, failure, false);
    run.fail(1, failure, false, 2);
    run.succeed(2, value(2));
  }
  {
    Recording again(folder.file("j"), true);
    REQUIRE(again.journal.next_recorded(0) == 0);
    CHECK(again.take(0).failure == failure);
    CHECK(again.journal.next_recorded(1) == 2);
  }
  Recording failed_too(folder.file("j"), true, true);
  CHECK(failed_too.journal.next_recorded(0) == 2);
}

TEST_CASE("a task that ran again has the outcome of the later run") {
  const Folder folder;
  Failure failure;
  failure.message = "first";
  {
    Recording run(folder.file("j"));
    note_tasks(run, 1);
    run.fail(0, failure);
  }
  {
    Recording again(folder.file("j"), true, true);
    note_tasks(again, 1);
    CHECK(again.journal.next_recorded(0) == none);
    again.succeed(0, value("second"));
  }
  Recording last(folder.file("j"), true);
  REQUIRE(last.journal.next_recorded(0) == 0);
  CHECK(last.take(0).value == value("second"));
}

TEST_CASE("values too large for a row are read from their pieces") {
  const Folder folder;
  std::string text(5'000'000, 'x');
  text[4'999'999] = 'y';
  const std::string args = json_value("[\"" + text + "\"]");
  {
    Recording run(folder.file("j"));
    run.read(0, Task{&builtin("identity"), args, {}, {}, {}});
    run.succeed(0, value(text));
  }
  Recording again(folder.file("j"), true);
  again.read(0, Task{&builtin("identity"), args, {}, {}, {}});
  REQUIRE(again.journal.next_recorded(0) == 0);
  CHECK(again.take(0).value == value(text));
}

TEST_CASE("the same tasks are recognized as a range or one by one") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, builtin("identity"), {10, 2, 5});
    run.read(5, task_of("[\"end\"]"));
    run.end_input(6);
  }
  Recording again(folder.file("j"), true);
  SUBCASE("one by one") {
    for (std::uint64_t i = 0; i < 5; ++i) again.read(i, task(static_cast<std::int64_t>(10 + 2 * i)));
    again.read(5, task_of("[\"end\"]"));
    again.read(6, task(1));  // new ones behind those that are known
    again.end_input(7);
  }
  SUBCASE("in two ranges") {
    again.read(0, builtin("identity"), {10, 2, 2});
    again.read(2, builtin("identity"), {14, 2, 3});
    again.read(5, task_of("[\"end\"]"));
    again.end_input(6);
  }
  CHECK_FALSE(again.journal.changes());
}

TEST_CASE("only one run at a time uses a journal") {
  const Folder folder;
  const Recording run(folder.file("j"));
  CHECK(refusal([&] { const Recording second(folder.file("j"), true); }) ==
        "the journal " + folder.file("j") + " is in use: another prun, process " + std::to_string(::getpid()) +
            ", is using it");
}

TEST_CASE("a run's own tasks are an input") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    run.read(0, builtin("fib"), {1, 1, 3});
    Task odd = task_of("[\"9999999999999999999999\"]");
    odd.id = value("its id");
    odd.defect = "too large";
    run.read(3, odd);
  }
  Recording again(folder.file("j"), true);
  journal::JournalSource source(again.journal.file(), builtins(), nullptr);
  CHECK(source.remaining() == 4);
  const auto range = source.next_range(UINT64_MAX);
  REQUIRE(range);
  CHECK(range->function == &builtin("fib"));
  CHECK(range->range == IntRange{1, 1, 3});
  Task task;
  REQUIRE(source.next(task) == Pull::task);
  CHECK(task.id == value("its id"));
  CHECK(task.defect == "too large");
  CHECK(source.next(task) == Pull::end);
}

TEST_CASE("the summary counts tasks, endings and attempts") {
  const Folder folder;
  {
    Recording run(folder.file("j"));
    note_tasks(run, 5);
    run.end_input(5);
    run.succeed(0, value(0));
    Failure failure;
    failure.kind = FailureKind::timeout;
    run.fail(1, failure, false);
    run.fail(1, failure, true, 2);
    failure.kind = FailureKind::exception;
    failure.type = "E";
    failure.message = "why";
    run.fail(2, failure);
  }
  journal::JournalFile file(folder.file("j"), journal::JournalFile::Use::look_at);
  const journal::Summary summary = journal::summarize(file, 10);
  CHECK(summary.tasks == 5);
  CHECK(summary.whole);
  CHECK(summary.succeeded == 1);
  CHECK(summary.failed == 2);
  CHECK(summary.missing() == 2);
  CHECK(summary.attempts == 4);
  REQUIRE(summary.failed_tasks.size() == 2);
  CHECK(summary.failed_tasks[0].call == "identity(1)");
  CHECK(summary.failed_tasks[0].attempts == 2);
  CHECK(summary.failed_tasks[1].what == "E: why");
}
