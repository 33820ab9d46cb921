// Two loops that are one worker by turns, over two mappings of the same memory, as two processes would have.
#include "worker/worker_loop.hpp"

#include <doctest/doctest.h>

#include <unistd.h>

#include <string>
#include <vector>

using namespace prun::ring;
using prun::worker::Baton;
using prun::worker::WorkerLoop;

namespace {

void answer(prun::detail::CallFrame& frame, const std::string& who) {
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (frame.begin(i)) frame.value(who.data(), who.size());
  }
}
void own(prun::detail::CallFrame& frame) { answer(frame, "worker"); }
void partners(prun::detail::CallFrame& frame) { answer(frame, "partner"); }

class OtherLoop final : public prun::worker::Partner {
 public:
  explicit OtherLoop(const Region& region)
      : region_(prun::sys::SharedMemory(prun::sys::Fd(::dup(region.memory().fd())))) {}

  Baton take_over(const Baton& baton) override {
    ++turns;
    CHECK(baton.holds_chunk);
    CHECK(region_.worker(0).held.load() != 0);
    const Baton returned = WorkerLoop(region_, 0).stand_in(baton, &partners);
    CHECK((returned.holds_chunk ? region_.worker(0).held.load() != 0 : region_.worker(0).held.load() == 0));
    return returned;
  }

  int turns = 0;

 private:
  Region region_;
};

OtherLoop* other = nullptr;
void lent(prun::detail::CallFrame& frame) { dynamic_cast<WorkerLoop&>(frame).lend(*other); }

/// `w`: a chunk for the worker, `p`: one for its partner. @return who answered
std::vector<std::string> answers(const Region& region, OtherLoop& partner, const std::string& chunks) {
  other = &partner;
  TaskRing tasks(region);
  for (const char c : chunks) {
    Chunk chunk;
    chunk.count = 1;
    chunk.entry = reinterpret_cast<std::uint64_t>(c == 'p' ? &lent : &own);
    REQUIRE(tasks.publish(chunk));
  }
  tasks.announce();
  region.header().stopping.store(1);
  WorkerLoop(region, 0).run();
  std::vector<std::string> who;
  ResultConsumer consumer(region, 0);
  Record record{};
  while (consumer.next(record)) who.emplace_back(record.payload);
  return who;
}

}  // namespace

TEST_CASE("a partner runs chunks of its kind, and returns other chunks") {
  const Region region({.workers = 1, .slots = 16, .arena_bytes = 1 << 20});
  OtherLoop partner(region);
  CHECK(answers(region, partner, "wppwp") ==
        std::vector<std::string>{"worker", "partner", "partner", "worker", "partner"});
  CHECK(partner.turns == 2);
  CHECK(region.worker(0).held.load() == 0);
  CHECK(region.worker(0).stage.load() == WorkerStage::retired);
}

TEST_CASE("the two count their tasks together, towards the most that a child may run") {
  for (const auto& [limit, expected] : {std::pair{1U, 1U}, {2U, 2U}, {3U, 3U}, {4U, 4U}, {9U, 6U}}) {
    const Region region({.workers = 1, .slots = 16, .arena_bytes = 1 << 20});
    region.header().max_tasks_per_child = limit;
    OtherLoop partner(region);
    CHECK(answers(region, partner, "wppwpp").size() == expected);
    CHECK(region.worker(0).held.load() == 0);
  }
}
