// A run's job, with its source, its workers and its listener played by the test: what it hands out when, and in which order it
// tells what came back.
#include "run/run_job_support.hpp"

#include "support/folder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

using Desk = JobDesk;

}  // namespace

TEST_CASE("a command that cannot be started waits until another has ended") {
  Desk desk(Mode::imap_unordered);
  desk.source.tasks(4);
  CHECK(desk.chunks() == Cut{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
  desk.cannot_start(2);
  desk.cannot_start(3);
  CHECK_FALSE(desk.job->wants_queueing());
  CHECK(desk.chunks().empty());
  desk.value(0);
  CHECK(desk.chunks() == Cut{{2, 1}});
  desk.value(1);
  CHECK(desk.chunks() == Cut{{3, 1}});
  desk.value(2);
  desk.value(3);
  CHECK(desk.told.lines == std::vector<std::string>{"v0 [0]", "v1 [1]", "v2 [2]", "v3 [3]"});
  CHECK(desk.job->finished());
}

TEST_CASE("map cuts by CPython's formula, and tells nothing before all is done") {
  Desk desk(Mode::map);
  desk.source.tasks(20);
  const Cut cut = desk.chunks();
  CHECK(cut == Cut{{0, 3}, {3, 3}, {6, 3}, {9, 3}, {12, 3}, {15, 3}, {18, 2}});
  for (std::uint64_t i = 20; i-- > 1;) desk.value(i);
  CHECK(desk.told.indexes.empty());
  desk.failure(0);
  REQUIRE(desk.told.lines.size() == 20);
  CHECK(desk.told.lines[0] == "f0 [0]");
  CHECK(desk.told.lines[19] == "v19 [19]");
  CHECK(desk.job->finished());
}

TEST_CASE("map tells what was done also where bad input comes when all of it has ended") {
  Desk desk(Mode::map, 0, 1);
  desk.source.tasks(2);
  desk.source.open = true;
  CHECK(desk.chunks() == Cut{{0, 1}, {1, 1}});
  desk.value(1);
  desk.value(0);
  CHECK(desk.told.indexes.empty());
  desk.source.bad();
  desk.job->input_is_readable();
  CHECK(desk.chunks().empty());
  CHECK(desk.job->finished());
  CHECK(desk.told.indexes == Indexes{0, 1});
}

TEST_CASE("map whose length is not known before all is read counts each task once for its chunk size") {
  Desk desk(Mode::map);
  desk.source.range(16).tasks(4);
  CHECK(desk.chunks().front() == std::pair<std::uint64_t, std::uint32_t>{0, 3});
}

TEST_CASE("imap reports in order, each outcome when all earlier ones are available") {
  Desk desk(Mode::imap);
  desk.source.tasks(4);
  CHECK(desk.chunks() == Cut{{0, 1}, {1, 1}, {2, 1}, {3, 1}});
  desk.value(1);
  desk.value(3);
  CHECK(desk.told.indexes.empty());
  desk.value(0);
  CHECK(desk.told.indexes == Indexes{0, 1});
  desk.failure(2);
  CHECK(desk.told.lines == std::vector<std::string>{"v0 [0]", "v1 [1]", "f2 [2]", "v3 [3]"});
  CHECK(desk.job->counts().succeeded == 3);
  CHECK(desk.job->counts().failed == 1);
}

TEST_CASE("imap_unordered reports in completion order, each outcome with its input") {
  Desk desk(Mode::imap_unordered);
  desk.source.tasks(3);
  CHECK(desk.chunks().size() == 3);
  for (const std::uint64_t index : {2U, 0U, 1U}) desk.value(index);
  CHECK(desk.told.lines == std::vector<std::string>{"v2 [2]", "v0 [0]", "v1 [1]"});
}

TEST_CASE("imap reads only a limited number of tasks ahead of its reports") {
  Desk desk(Mode::imap, 3);
  desk.source.tasks(10);
  CHECK(desk.chunks().size() == 3);
  desk.value(1);
  CHECK(desk.chunks().empty());  // the first is still missing
  desk.value(0);
  CHECK(desk.chunks() == Cut{{3, 1}, {4, 1}});
}

TEST_CASE("tasks and ranges follow one another, in chunks of one kind") {
  Desk desk(Mode::imap, 0, 4);
  desk.source.tasks(2).range(6).tasks(1);
  CHECK(desk.chunks() == Cut{{0, 2}, {2, 4}, {6, 2}, {8, 1}});
  for (std::uint64_t i = 0; i < 9; ++i) desk.value(i);
  CHECK(desk.told.lines[7] == "v7 [5]");
  CHECK(desk.told.lines[8] == "v8 [0]");
}

TEST_CASE("unordered, tasks that are long in coming keep their input, also across a range that the window steps over") {
  Desk desk(Mode::imap_unordered, 4);
  desk.source.tasks(1).range(1000).tasks(30);
  std::uint64_t next = 1;
  for (Cut cut = desk.chunks(); !cut.empty(); cut = desk.chunks()) {
    for (const auto& [first, count] : cut) {
      if (first != 0) desk.value(next++);
    }
  }
  CHECK(next == 1031);
  desk.value(0);
  CHECK(desk.told.lines.back() == "v0 [0]");
  CHECK(desk.told.lines[1029] == "v1030 [29]");
}

TEST_CASE("a source that has nothing yet is asked again when it is readable") {
  Desk desk(Mode::imap);
  desk.source.open = true;
  desk.source.tasks(1);
  CHECK(desk.chunks().size() == 1);
  CHECK(desk.job->waiting_for_input());
  CHECK_FALSE(desk.job->wants_queueing());
  desk.source.tasks(1);
  desk.job->input_is_readable();
  CHECK(desk.job->wants_queueing());
  CHECK(desk.chunks() == Cut{{1, 1}});
}

TEST_CASE("bad input ends the reading, what came before is run, or it is passed over") {
  Desk desk(Mode::imap);
  desk.source.tasks(1).bad().tasks(1);
  SUBCASE("it ends") { CHECK(desk.chunks().size() == 1); }
  SUBCASE("it is passed over") {
    desk.options.skip_bad = true;
    CHECK(desk.chunks().size() == 2);
  }
  CHECK(desk.bad == std::vector<std::string>{"bad entry"});
  CHECK(desk.job->counts().bad_inputs == 1);
}

TEST_CASE("closed early, a run tells what is done although something before it is missing, and nothing later") {
  Desk desk(Mode::imap);
  desk.source.tasks(4);
  CHECK(desk.chunks().size() == 4);
  desk.value(1);
  desk.value(3);
  desk.job->close();
  desk.job->tell_done();
  CHECK(desk.told.indexes == Indexes{1, 3});
  desk.value(0);
  CHECK(desk.told.indexes.size() == 2);
  CHECK(desk.job->not_told() == 2);
}

TEST_CASE(
    "a task that ran out of memory is tried again alone: when what runs has ended, and nothing starts beside it") {
  Desk desk(Mode::imap);
  desk.options.retry.retries = 2;
  desk.source.open = true;
  desk.source.tasks(2);
  CHECK(desk.chunks() == Cut{{0, 1}, {1, 1}});
  desk.source.tasks(1);
  desk.job->input_is_readable();
  desk.out_of_memory(0);
  CHECK_FALSE(desk.job->wants_queueing());
  CHECK_FALSE(desk.job->next_start());
  CHECK(desk.chunks().empty());
  CHECK(desk.job->lone_task() == 0);
  desk.value(1);
  CHECK(desk.job->wants_queueing());
  CHECK(desk.chunks() == Cut{{0, 1}});
  CHECK_FALSE(desk.job->wants_queueing());
  CHECK(desk.job->lone_task() == 0);
  desk.out_of_memory(0, 2);
  CHECK(desk.chunks() == Cut{{0, 1}});
  desk.value(0);
  CHECK_FALSE(desk.job->lone_task());
  CHECK(desk.told.indexes == Indexes{0, 1});
  CHECK(desk.chunks() == Cut{{2, 1}});
}

TEST_CASE("behind one that ran alone the others go on, as many as may be in flight") {
  Desk desk(Mode::imap);
  desk.options.retry.retries = 1;
  desk.source.tasks(5);
  CHECK(desk.chunks().size() == 5);
  desk.source.entries.clear();
  desk.source.open = true;
  for (std::uint64_t i = 1; i < 5; ++i) desk.value(i);
  desk.out_of_memory(0);
  CHECK(desk.chunks() == Cut{{0, 1}});
  desk.job->limit_chunks(7);
  CHECK(desk.chunks().empty());
  desk.value(0);
  CHECK(desk.told.indexes.size() == 5);
  CHECK(desk.job->finished());
}

TEST_CASE("with its retries used up a task that ran out of memory fails, and holds nobody back") {
  Desk desk(Mode::imap);
  desk.source.tasks(3);
  CHECK(desk.chunks().size() == 3);
  desk.out_of_memory(0);
  CHECK_FALSE(desk.job->lone_task());
  CHECK(desk.told.indexes == Indexes{0});
}

TEST_CASE("a SIGKILL means out of memory if the system has killed for that, and another signal or exit 137 does not") {
  const Folder machine;
  const auto killed = [&](int times) { machine.write("proc/vmstat", "oom_kill " + std::to_string(times) + "\n"); };
  const auto ended_by = [](FailureKind kind, int signal) {
    Failure why;
    why.kind = kind;
    why.signal = signal;
    why.exit_status = kind == FailureKind::exit ? 137 : 0;
    why.message = "ended";
    return why;
  };
  killed(1);
  Desk desk(Mode::imap);
  desk.options.system_root = machine.path().string();
  desk.source.tasks(5);
  CHECK(desk.chunks().size() == 5);
  desk.job->on_failure(0, ended_by(FailureKind::signal, SIGKILL), {});
  killed(2);
  desk.job->on_failure(1, ended_by(FailureKind::exit, 0), {});
  desk.job->on_failure(2, ended_by(FailureKind::lost_signal, SIGSEGV), {});
  desk.job->on_failure(3, ended_by(FailureKind::lost_signal, SIGKILL), {});
  desk.job->on_failure(4, ended_by(FailureKind::signal, SIGKILL), {});
  const std::string by_memory = "ended, as memory had run out";
  REQUIRE(desk.told.lines.size() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK((desk.told.lines[i].find(by_memory) == 0) == (i == 3));
}

TEST_CASE("admitted by memory, tasks are held back until the peak of earlier ones is free") {
  Desk desk(Mode::imap);
  desk.options.admission.by_memory = true;
  desk.options.workers = 3;
  desk.source.tasks(6);
  MemoryState machine{1000, {}};
  const auto measured = [&](std::uint64_t index, std::uint64_t peak) {
    detail::AttemptInfo info;
    info.usage = Usage{};
    info.usage->max_rss = peak;
    desk.job->on_value(index, "v", info);
  };
  CHECK(desk.chunks() == Cut{{0, 1}, {1, 1}, {2, 1}});  // nothing is known; and no more than there are workers
  desk.job->watch_memory([&] { return machine; });
  measured(0, 600);
  machine.taken = {{1, 600}, {2, 100}};
  CHECK(desk.chunks().empty());  // of 1000, 500 are promised to task 2
  CHECK_FALSE(desk.job->wants_queueing());
  CHECK(desk.job->next_start());
  measured(2, 500);
  CHECK(desk.job->wants_queueing());  // an end is looked at at once
  CHECK(desk.chunks() == Cut{{3, 1}});
  machine = {10, {{1, 600}, {3, 600}}};
  measured(1, 600);
  CHECK(desk.chunks().empty());
  measured(3, 600);
  CHECK(desk.chunks() == Cut{{4, 1}});  // one may always run
}

TEST_CASE("a run does not wait for a delayed start that no task needs") {
  for (const Mode mode : {Mode::map, Mode::imap, Mode::imap_unordered}) {
    Desk desk(mode);
    desk.options.admission.delay = std::chrono::hours(1);
    desk.source.tasks(1);
    desk.source.known = 1;
    CHECK(desk.chunks().size() == 1);
    CHECK_FALSE(desk.job->wants_queueing());
    CHECK_FALSE(desk.job->next_start());
    CHECK(desk.job->held_back() == HeldBack{HeldBack::Reason::nothing});
    desk.value(0);
    CHECK(desk.job->finished());
  }
}

TEST_CASE("a job reports why it hands out nothing") {
  using Reason = HeldBack::Reason;
  SUBCASE("the input has nothing yet") {
    Desk desk(Mode::imap);
    desk.source.open = true;
    desk.source.tasks(1);
    CHECK(desk.chunks().size() == 1);
    CHECK(desk.job->held_back() == HeldBack{Reason::input});
  }
  SUBCASE("too much waits for one task") {
    Desk desk(Mode::imap, 2);
    desk.source.tasks(3);
    CHECK(desk.chunks().size() == 2);
    desk.value(1);
    CHECK(desk.job->held_back() == HeldBack{Reason::order, 0});
  }
  SUBCASE("the next start is delayed") {
    Desk desk(Mode::imap);
    desk.options.admission.delay = std::chrono::hours(1);
    desk.source.tasks(2);
    CHECK(desk.chunks().size() == 1);
    CHECK(desk.job->held_back() == HeldBack{Reason::delay});
  }
  SUBCASE("a task is to be tried again later") {
    Desk desk(Mode::imap);
    desk.options.retry.retries = 1;
    desk.options.retry.delay = std::chrono::hours(1);
    desk.source.tasks(1);
    CHECK(desk.chunks().size() == 1);
    Failure lost;
    lost.kind = FailureKind::lost_signal;
    desk.job->on_failure(0, std::move(lost), {});
    CHECK(desk.job->held_back() == HeldBack{Reason::retry});
  }
  SUBCASE("the machine is busy") {
    Desk desk(Mode::imap);
    desk.options.admission.max_load = 0;  // as many processes run at any time
    desk.source.tasks(1);
    CHECK(desk.chunks().empty());
    CHECK(desk.job->held_back() == HeldBack{Reason::load});
  }
  SUBCASE("too little memory is free") {
    Desk desk(Mode::imap);
    desk.options.admission.min_free_memory = UINT64_MAX;
    desk.source.tasks(1);
    CHECK(desk.chunks().empty());
    CHECK(desk.job->held_back() == HeldBack{Reason::memory});
  }
  SUBCASE("the system refuses to start more") {
    Desk desk(Mode::imap);
    desk.source.tasks(3);
    CHECK(desk.chunks().size() == 3);
    Failure refused;
    refused.type = command::start_error_type;
    desk.job->on_failure(2, std::move(refused), {});
    CHECK(desk.job->held_back() == HeldBack{Reason::system});
  }
  SUBCASE("no token is free") {
    Desk desk(Mode::imap);
    desk.source.open = true;
    desk.source.tasks(1);
    CHECK(desk.chunks().size() == 1);
    desk.source.tasks(1);
    desk.job->input_is_readable();
    desk.job->limit_chunks(0);  // the desk counts no chunks in flight
    CHECK(desk.job->held_back() == HeldBack{Reason::jobserver});
  }
  SUBCASE("too much waits for one task, so that no token is kept") {
    Desk desk(Mode::imap, 2);
    desk.source.tasks(3);
    CHECK(desk.chunks().size() == 2);
    desk.value(1);
    desk.job->limit_chunks(0);
    CHECK(desk.job->held_back() == HeldBack{Reason::order, 0});
  }
  SUBCASE("nothing is left") {
    Desk desk(Mode::imap);
    desk.source.tasks(1);
    CHECK(desk.chunks().size() == 1);
    CHECK(desk.job->held_back() == HeldBack{});
    desk.job->limit_chunks(1);  // so that no token is free either
    CHECK(desk.job->held_back() == HeldBack{});
  }
}

namespace {

class Samples final : public RunPart {
 public:
  [[nodiscard]] Wants wants() const noexcept override { return Wants::samples; }
  void on_event(const RunEvent& event) override {
    const auto& call = std::get<CallMeasured>(event);
    heard.push_back({call.index, static_cast<std::uint64_t>(call.duration.count()), call.ended});
  }
  std::vector<std::array<std::uint64_t, 3>> heard;
};

}  // namespace

TEST_CASE("measured outcomes are told as samples with how many tasks have ended, and do not have all measured") {
  Samples samples;
  EventStream events;
  events.add(samples);
  Desk desk(Mode::imap_unordered);
  desk.options.events = &events;
  desk.source.tasks(4);
  desk.chunks();
  CHECK_FALSE(desk.job->timed);
  detail::AttemptInfo measured;
  measured.started_ns = 5;
  measured.duration_ns = 70;
  desk.value(0);
  desk.job->on_value(1, "v", measured);
  desk.job->on_failure(2, Failure(), measured);
  desk.value(3);
  CHECK(samples.heard == std::vector<std::array<std::uint64_t, 3>>{{1, 70, 2}, {2, 70, 3}});
  CHECK(desk.job->ended_counts().succeeded == 3);
  CHECK(desk.job->ended_counts().failed == 1);
}

TEST_CASE("nothing holds a run back that has no task left, whatever limits there are") {
  Desk desk(Mode::imap_unordered);
  desk.source.tasks(1);
  desk.chunks();
  desk.job->limit_chunks(1);
  CHECK(desk.job->held_back().reason == HeldBack::Reason::nothing);
}
