// An engine with real workers under a test's control: jobs of numbered calls that write down every outcome, and a loop that
// sleeps as a real master does but never for ever.
#pragma once

#include "pool/engine.hpp"

#include <prun/detail/job.hpp>

#include <poll.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace prun::test {

/// What a call makes of its number; it may also throw or end its process.
using Body = void (*)(std::int64_t number, std::string& result);

template <Body body>
void entry(detail::CallFrame& frame) {
  std::string result;
  for (std::uint32_t i = frame.first; i < frame.last; ++i) {
    if (!frame.begin(i)) continue;
    try {
      result.clear();
      body(frame.range_item(i), result);
    } catch (...) {
      frame.failed(std::current_exception());
      continue;
    }
    frame.value(result.data(), result.size());
  }
}

/// Calls 0 to `count` - 1 of one body.
class NumberedCalls final : public detail::Job {
 public:
  struct Outcome {
    int times = 0;
    bool failed = false;
    std::string value;
    Failure failure;
    std::int32_t worker = 0;
  };

  NumberedCalls(detail::Entry call, std::uint64_t count, std::uint32_t chunksize = 1)
      : outcomes(count), entry_(call), chunksize_(chunksize) {}

  bool next_chunk(detail::ChunkSpec& chunk) override {
    if (next_ == outcomes.size()) return false;
    chunk.entry = entry_;
    chunk.first_index = next_;
    chunk.count = static_cast<std::uint32_t>(std::min<std::uint64_t>(chunksize_, outcomes.size() - next_));
    chunk.is_range = true;
    chunk.start = static_cast<std::int64_t>(next_);
    chunk.step = 1;
    next_ += chunk.count;
    return true;
  }
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override {
    Outcome& outcome = count_one(index, info);
    outcome.value = value;
  }
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override {
    Outcome& outcome = count_one(index, info);
    outcome.failed = true;
    outcome.failure = std::move(failure);
    failures.push_back(index);
  }

  [[nodiscard]] bool done() const noexcept { return told == outcomes.size(); }
  /// Not one call told twice, not one left out.
  [[nodiscard]] bool each_once() const {
    for (const Outcome& outcome : outcomes) {
      if (outcome.times != 1) return false;
    }
    return true;
  }

  std::vector<Outcome> outcomes;
  std::vector<std::uint64_t> failures;  ///< in the order told
  std::uint64_t told = 0;

 private:
  Outcome& count_one(std::uint64_t index, const detail::AttemptInfo& info) {
    ++told;
    Outcome& outcome = outcomes.at(index);
    ++outcome.times;
    outcome.worker = info.worker;
    return outcome;
  }

  detail::Entry entry_;
  std::uint32_t chunksize_;
  std::uint64_t next_ = 0;
};

template <Body body>
std::shared_ptr<NumberedCalls> calls(std::uint64_t count, std::uint32_t chunksize = 1) {
  return std::make_shared<NumberedCalls>(&entry<body>, count, chunksize);
}

inline pool::EngineOptions workers(std::uint32_t count) {
  pool::EngineOptions options;
  options.workers = count;
  return options;
}

/// Pumps and sleeps until `done()`.
inline void run_until(pool::Engine& engine, const std::function<bool()>& done,
                      ring::Bell bell = ring::Bell::event_any) {
  constexpr int stuck_ms = 60'000;
  while (!done()) {
    engine.pump();
    if (done()) return;
    if (engine.may_sleep(bell)) {
      pollfd waits[2] = {{engine.bell_fd(), POLLIN, 0}, {engine.host_fd(), POLLIN, 0}};
      const int ready = ::poll(waits, 2, ring::wants_any(bell) ? stuck_ms : 1);
      if (ready == 0 && ring::wants_any(bell))
        throw std::runtime_error("the engine is stuck: nothing happened for a minute");
      engine.on_readable();
    }
    engine.awake();
  }
}

inline void run(pool::Engine& engine, const std::shared_ptr<NumberedCalls>& job) {
  engine.dispatcher().enqueue(job);
  run_until(engine, [&] { return job->done(); });
}

}  // namespace prun::test
