// A run's job with a journal, played by the test: what is recorded is told in its place and not handed out, what ends is noted
// as it ends.
#include "run/run_job.hpp"

#include "function/registry.hpp"
#include "wire/value.hpp"

#include "support/builtins.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

using namespace prun;
using namespace prun::test;

namespace {

class Range final : public TaskSource {
 public:
  explicit Range(std::uint64_t count) : left_(count) {}
  Pull next(Task&) override { return Pull::end; }
  std::optional<RangeOfTasks> next_range(std::uint64_t) override {
    if (left_ == 0) return std::nullopt;
    return RangeOfTasks{builtins().find("identity"), {0, 1, std::exchange(left_, 0)}};
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return left_; }
  [[nodiscard]] const InputError& error() const override { return error_; }

 private:
  std::uint64_t left_;
  InputError error_;
};

/// Keeps what it hears, and has what the test has recorded.
class FakeJournal final : public RunPart, public RecordedRun {
 public:
  [[nodiscard]] Wants wants() const noexcept override { return Wants::tasks | Wants::outcomes | Wants::end; }
  void on_event(const RunEvent& event) override {
    if (const auto* end = std::get_if<InputEnded>(&event)) {
      noted.push_back("end " + std::to_string(end->count) + (end->complete ? "" : ", incomplete"));
    } else if (const auto* attempt = std::get_if<AttemptEnded>(&event)) {
      noted.push_back(std::to_string(attempt->index) + " " +
                      (attempt->failure != nullptr ? attempt->failure->message : std::string(attempt->value)) +
                      (attempt->final ? "" : ", to be tried again"));
    } else if (const auto* retry = std::get_if<RetryScheduled>(&event)) {
      noted.push_back(std::to_string(retry->index) + " again as attempt " + std::to_string(retry->attempt));
    }
  }

  void find(std::uint64_t, const Task&) override {}
  void find(std::uint64_t, const Function&, const IntRange&) override {}
  void find_end(std::uint64_t) override {}
  std::uint64_t next_recorded(std::uint64_t index) override {
    const auto next = recorded.lower_bound(index);
    return next == recorded.end() ? none : next->first;
  }
  RecordedOutcome take_recorded(std::uint64_t index, const Function&) override { return recorded.at(index); }

  std::map<std::uint64_t, RecordedOutcome> recorded;
  std::vector<std::string> noted;
};

class Told final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    lines.push_back(event.failure != nullptr ? event.failure->message : std::string(event.value));
  }
  std::vector<std::string> lines;
};

struct Desk {
  explicit Desk(Mode mode, std::uint64_t count) : source(count) {
    options.mode = mode;
    options.workers = 2;
    options.chunksize = 4;
    events.add(journal);
    options.events = &events;
    options.recorded = &journal;
    job = std::make_shared<RunJob>(options, builtins(), source, told, [this](const InputError& e) { bad = e.message; });
  }
  void record(std::uint64_t index) { journal.recorded[index].value = "r" + std::to_string(index); }
  std::vector<std::pair<std::uint64_t, std::uint32_t>> chunks() {
    std::vector<std::pair<std::uint64_t, std::uint32_t>> cut;
    for (detail::ChunkSpec chunk; job->next_chunk(chunk); chunk = {}) cut.emplace_back(chunk.first_index, chunk.count);
    return cut;
  }
  void value(std::uint64_t index) { job->on_value(index, "v" + std::to_string(index), {}); }

  RunOptions options;
  Range source;
  FakeJournal journal;
  EventStream events;
  Told told;
  std::string bad;
  std::shared_ptr<RunJob> job;
};

using Cut = std::vector<std::pair<std::uint64_t, std::uint32_t>>;
using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("recorded outcomes are reported in their place, and chunks are cut around them") {
  for (const Mode mode : {Mode::imap, Mode::map}) {
    Desk desk(mode, 8);
    desk.record(0);
    desk.record(3);
    desk.record(4);
    CHECK(desk.chunks() == Cut{{1, 2}, {5, 3}});
    CHECK(desk.told.lines == (mode == Mode::imap ? Lines{"r0"} : Lines{}));
    for (const std::uint64_t index : {5U, 6U, 7U, 2U, 1U}) desk.value(index);
    CHECK(desk.told.lines == Lines{"r0", "v1", "v2", "r3", "r4", "v5", "v6", "v7"});
    CHECK(desk.job->finished());
    CHECK(desk.job->counts().succeeded == 8);
  }
}

TEST_CASE("if everything is recorded, everything is reported and nothing is handed out") {
  for (const Mode mode : {Mode::map, Mode::imap, Mode::imap_unordered}) {
    Desk desk(mode, 3);
    for (const std::uint64_t index : {0U, 1U, 2U}) desk.record(index);
    CHECK(desk.chunks().empty());
    CHECK(desk.told.lines == Lines{"r0", "r1", "r2"});
    CHECK(desk.job->finished());
    CHECK(desk.journal.noted == Lines{"end 3"});
  }
}

TEST_CASE("outcomes are noted as they come, and a failure says whether the task is tried again") {
  Desk desk(Mode::map, 3);
  CHECK(desk.chunks() == Cut{{0, 3}});
  desk.value(2);
  desk.value(0);
  Failure failure;
  failure.message = "f1";
  desk.job->on_failure(1, std::move(failure), {});
  CHECK(desk.journal.noted == Lines{"end 3", "2 v2", "0 v0", "1 f1"});
  CHECK(desk.told.lines == Lines{"v0", "f1", "v2"});
}

TEST_CASE("a recorded failure counts as one, but halts nothing") {
  Desk desk(Mode::imap, 2);
  desk.journal.recorded[0].failure.emplace().message = "recorded";
  CHECK(desk.chunks() == Cut{{1, 1}});
  CHECK(desk.told.lines == Lines{"recorded"});
  CHECK(desk.job->counts().failed == 1);
  CHECK_FALSE(desk.job->halted());
}

TEST_CASE("recorded outcomes do not wait for a delayed start") {
  Desk desk(Mode::imap, 2);
  desk.record(1);
  desk.options.admission.delay = std::chrono::hours(1);
  desk.job = std::make_shared<RunJob>(desk.options, builtins(), desk.source, desk.told, [](const InputError&) {});
  CHECK(desk.chunks() == Cut{{0, 1}});
  CHECK_FALSE(desk.job->wants_queueing());
  desk.value(0);
  CHECK(desk.told.lines == Lines{"v0", "r1"});
  CHECK(desk.job->finished());
}

TEST_CASE("with another order of starts, recorded outcomes are told and the other tasks start in that order") {
  Desk desk(Mode::imap, 5);
  desk.options.chunksize.reset();
  desk.options.order = order::StartOrder::shuffled;
  desk.job = std::make_shared<RunJob>(desk.options, builtins(), desk.source, desk.told, [](const InputError&) {});
  desk.record(1);
  desk.record(3);
  std::set<std::uint64_t> started;
  for (const auto& [first, count] : desk.chunks()) {
    CHECK(count == 1);
    started.insert(first);
  }
  CHECK(started == std::set<std::uint64_t>{0, 2, 4});
  for (const std::uint64_t index : started) desk.value(index);
  CHECK(desk.told.lines == std::vector<std::string>{"v0", "r1", "v2", "r3", "v4"});
  CHECK(desk.job->finished());
}
