// Who hears which events.
#include "event/event_stream.hpp"

#include "function/registry.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace prun;

namespace {

using Heard = std::vector<std::string>;

class Part final : public RunPart {
 public:
  Part(std::string name, Wants wants, Heard& heard) : name_(std::move(name)), wants_(wants), heard_(&heard) {}
  [[nodiscard]] Wants wants() const noexcept override { return wants_; }
  void want(Wants wants) { wants_ = wants; }
  void on_event(const RunEvent& event) override {
    heard_->push_back(name_ + (std::holds_alternative<WorkerStarted>(event)  ? " started"
                               : std::holds_alternative<ChunkStarted>(event) ? " chunk"
                                                                             : " other"));
  }

 private:
  std::string name_;
  Wants wants_;
  Heard* heard_;
};

class NoTexts final : public TaskTexts {
 public:
  std::string call_of(std::uint64_t) override { return {}; }
};

}  // namespace

TEST_CASE("parts receive the kinds of event that they want, in the order in which they joined") {
  Heard heard;
  Part first("first", Wants::workers, heard);
  Part second("second", Wants::workers | Wants::chunks, heard);
  EventStream events;
  events.add(first);
  events.add(second);
  events.tell(WorkerStarted{0, 1});
  events.tell(ChunkStarted{0, 1, 1});
  events.tell(HeldBack{});
  CHECK(heard == Heard{"first started", "second started", "second chunk"});
}

TEST_CASE("the stream does not want a kind of event that no part wants") {
  Heard heard;
  Part part("part", Wants::chunks | Wants::times, heard);
  EventStream events;
  CHECK_FALSE(events.wanted<ChunkStarted>());
  events.add(part);
  CHECK(events.wanted<ChunkStarted>());
  CHECK(events.wanted(Wants::times));
  CHECK_FALSE(events.wanted<AttemptEnded>());
  CHECK_FALSE(events.wanted(Wants::usage));
}

TEST_CASE("a part that wants less than before receives no other events, and the other parts still receive theirs") {
  Heard heard;
  Part first("first", Wants::outcomes | Wants::chunks | Wants::workers, heard);
  Part second("second", Wants::chunks, heard);
  EventStream events;
  events.add(first);
  events.add(second);
  first.want(Wants::workers);
  events.wants_have_changed();
  CHECK_FALSE(events.wants_values());
  events.tell(ChunkStarted{0, 1, 1});
  events.tell(WorkerStarted{0, 1});
  CHECK(heard == Heard{"second chunk", "first started"});
}

TEST_CASE("a part can receive only recalled outcomes, or all outcomes") {
  Heard heard;
  Part recalls("recalls", Wants::recalls, heard);
  Part outcomes("outcomes", Wants::outcomes, heard);
  EventStream events;
  events.add(recalls);
  CHECK_FALSE(events.wanted<AttemptEnded>());
  events.add(outcomes);
  const detail::AttemptInfo info;
  events.tell(OutcomeRecalled{0, nullptr, info});
  events.tell(RetryScheduled{0, 2, {}});
  CHECK(heard == Heard{"recalls other", "outcomes other", "outcomes other"});
}

TEST_CASE("a part that wants only failures receives no attempts that succeed") {
  Heard heard;
  Part failures("failures", Wants::failures, heard);
  Part outcomes("outcomes", Wants::outcomes, heard);
  EventStream events;
  events.add(failures);
  CHECK_FALSE(events.wants_values());
  events.add(outcomes);
  CHECK(events.wants_values());
  Registry registry;
  add_builtin_functions(registry);
  NoTexts texts;
  const detail::AttemptInfo info;
  const Failure failure;
  events.tell(AttemptEnded{0, *registry.find("fib"), {}, nullptr, info, true, texts});
  CHECK(heard == Heard{"outcomes other"});
  events.tell(AttemptEnded{0, *registry.find("fib"), {}, &failure, info, true, texts});
  CHECK(heard == Heard{"outcomes other", "failures other", "outcomes other"});
}
