// A run's job, with its source, its workers and its listener played by the test.
#pragma once

#include "command/start_error.hpp"
#include "function/registry.hpp"
#include "order/task_costs.hpp"
#include "run/run_job.hpp"
#include "support/builtins.hpp"
#include "support/values.hpp"
#include "wire/json.hpp"
#include "wire/value.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace prun::test {

inline const Function& identity() { return *builtins().find("identity"); }

/// Ranges and single tasks, in the order in which they were put.
class ScriptedSource final : public TaskSource {
 public:
  Pull next(Task& task) override {
    if (entries.empty()) return open ? Pull::blocked : Pull::end;
    const IntRange range = entries.front();
    if (range.step == bad_entry) {
      entries.pop_front();
      return Pull::bad;
    }
    task = Task{&identity(), array_of(range.start), {}, {}, {}};
    entries.pop_front();
    return Pull::task;
  }
  std::optional<RangeOfTasks> next_range(std::uint64_t) override {
    if (entries.empty() || entries.front().count == 0) return std::nullopt;
    const IntRange range = entries.front();
    entries.pop_front();
    return RangeOfTasks{&identity(), range};
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return known; }
  [[nodiscard]] const InputError& error() const override { return error_; }

  ScriptedSource& tasks(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) entries.push_back({static_cast<std::int64_t>(i), 1, 0});
    return *this;
  }
  ScriptedSource& range(std::uint64_t count) {
    entries.push_back({0, 1, count});
    return *this;
  }
  ScriptedSource& bad() {
    entries.push_back({0, bad_entry, 0});
    return *this;
  }

  static constexpr std::int64_t bad_entry = -77;
  std::deque<IntRange> entries;  ///< of no elements: a single task
  bool open = false;
  std::optional<std::uint64_t> known;

 private:
  InputError error_{"bad entry"};
};

class Told final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    indexes.push_back(event.index);
    std::string line = event.failure != nullptr ? event.failure->message : std::string(event.value);
    wire::append_json(line += " ", event.args);
    lines.push_back(line);
  }
  std::vector<std::uint64_t> indexes;
  std::vector<std::string> lines;
};

struct JobDesk {
  explicit JobDesk(Mode mode, std::size_t window = 0, std::uint64_t chunksize = 0) {
    options.mode = mode;
    options.workers = 2;
    options.window_tasks = window;
    if (chunksize != 0) options.chunksize = chunksize;
  }
  /// Makes the job of the options, if there is none.
  void open() {
    if (job) return;
    job = std::make_shared<RunJob>(options, builtins(), source, told,
                                   [this](const InputError& e) { bad.push_back(e.message); });
  }
  /// Takes every chunk that there is now; their first index and count.
  std::vector<std::pair<std::uint64_t, std::uint32_t>> chunks() {
    open();
    std::vector<std::pair<std::uint64_t, std::uint32_t>> cut;
    for (detail::ChunkSpec chunk; job->next_chunk(chunk); chunk = {}) cut.emplace_back(chunk.first_index, chunk.count);
    return cut;
  }
  void value(std::uint64_t index) { job->on_value(index, "v" + std::to_string(index), {}); }
  void failure(std::uint64_t index) {
    Failure why;
    why.message = "f" + std::to_string(index);
    job->on_failure(index, std::move(why), {});
  }

  void cannot_start(std::uint64_t index) {
    Failure why;
    why.kind = FailureKind::exit;
    why.type = command::start_error_type;
    job->on_failure(index, std::move(why), {});
  }
  void out_of_memory(std::uint64_t index, std::uint32_t attempt = 1) {
    Failure why;
    why.kind = FailureKind::out_of_memory;
    detail::AttemptInfo info;
    info.attempt = attempt;
    job->on_failure(index, std::move(why), info);
  }

  RunOptions options;
  ScriptedSource source;
  Told told;
  std::vector<std::string> bad;
  std::shared_ptr<RunJob> job;
};

using Cut = std::vector<std::pair<std::uint64_t, std::uint32_t>>;
using Indexes = std::vector<std::uint64_t>;

}  // namespace prun::test
