// A record of a run, filled by hand, and what is read back of its trace.
#pragma once

#include "history/history.hpp"
#include "trace/byte_output.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::test {

/// Keeps the bytes.
class KeptBytes final : public trace::ByteOutput {
 public:
  void write(std::string_view more) override { bytes += more; }
  void finish() override { finished = true; }
  std::string bytes;
  bool finished = false;
};

/// Two workers; times are in microseconds.
struct TracedRun {
  explicit TracedRun(std::uint64_t in_memory = history::History::default_in_memory) : history(facts(), in_memory) {}

  static history::RunFacts facts() {
    history::RunFacts facts;
    facts.command = {"prun", "map", "say \"hi\"", "1..6"};
    facts.mode = "map";
    facts.host = "here";
    facts.workers = 2;
    return facts;
  }
  void ran(std::uint64_t index, std::uint32_t worker, std::int64_t from, std::int64_t to, std::uint32_t attempt = 1,
           std::optional<FailureKind> failure = std::nullopt, bool final = true) {
    history::EndedAttempt ended;
    ended.attempt.index = index;
    ended.attempt.worker = worker;
    ended.attempt.started = from * 1000;
    ended.attempt.duration = (to - from) * 1000;
    ended.attempt.attempt = attempt;
    ended.attempt.failure = failure;
    ended.attempt.final = final;
    ended.attempt.function = history.calls().function_number("fib");
    history.add(ended, [&] { return "fib(" + std::to_string(index) + ")"; });
  }
  void done(std::int64_t time) { history.end({}, time * 1000, "done"); }

  history::History history;
};

/// Six tasks in chunks of three. Task 4 fails and is tried again by the other worker. Task 5 fails for good.
inline void run_with_a_retry(TracedRun& run) {
  run.history.add_chunk(0, 3);
  run.history.add_chunk(3, 3);
  run.ran(0, 0, 10, 20);
  run.ran(3, 1, 11, 30);
  run.ran(1, 0, 21, 40);
  run.ran(4, 1, 30, 50, 1, FailureKind::lost_signal, false);
  run.ran(5, 1, 55, 60, 1, FailureKind::exception);
  run.ran(2, 0, 40, 70);
  run.ran(4, 0, 80, 95, 2);
  run.history.add_hold_up({96'000, HeldBack::Reason::order, 4});
  run.history.add_hold_up({98'000, HeldBack::Reason::nothing, UINT64_MAX});
  run.history.add_sample({0, 0, 4096});
  run.history.add_sample({50'000, 2, 8192});
  run.history.add_sample({99'000, 2, 8192});
  run.done(100);
}

}  // namespace prun::test
