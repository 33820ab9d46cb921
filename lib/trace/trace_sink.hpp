// What a trace consists of. A sink writes it in one format. It knows no file and no record.
#pragma once

#include <prun/outcome.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::trace {

/// The run as a whole.
struct Overview {
  std::string name;                                        ///< its command line
  std::vector<std::string> workers;                        ///< the names of their tracks
  std::vector<std::pair<std::string, std::string>> facts;  ///< mode, host, version, ...
};

// Times are nanoseconds from the start of the run.

/// One attempt at a task, on the track of its worker.
struct TaskSlice {
  std::uint32_t worker = 0;
  std::int64_t from = 0;
  std::int64_t to = 0;
  std::string_view call;  ///< as people write it
  std::uint64_t index = 0;
  std::uint32_t attempt = 1;
  std::optional<FailureKind> failure;
  bool ended = true;            ///< false: it was running when the run ended
  std::uint64_t arrow_in = 0;   ///< an arrow from the attempt before ends here; 0: none
  std::uint64_t arrow_out = 0;  ///< an arrow to the next attempt begins here; 0: none
};

/// Tasks that were handed to a worker together.
struct ChunkStart {
  std::uint32_t worker = 0;
  std::int64_t time = 0;
  std::uint64_t first_index = 0;
  std::uint64_t tasks = 1;
};

enum class Counter : std::uint8_t { running, failed, waiting_for_order, memory };
inline constexpr std::array<std::string_view, 4> counter_names{"running", "failed", "waiting for order", "memory"};
[[nodiscard]] constexpr std::string_view name_of(Counter counter) noexcept {
  return counter_names[static_cast<std::size_t>(counter)];
}

/// Events may come in any order, except on the track of a worker: there a chunk starts before its tasks and ends behind them.
class TraceSink {
 public:
  TraceSink() = default;
  TraceSink(const TraceSink&) = delete;
  TraceSink& operator=(const TraceSink&) = delete;
  virtual ~TraceSink() = default;

  virtual void begin(const Overview& overview) = 0;
  virtual void chunk_starts(const ChunkStart& chunk) = 0;
  virtual void chunk_ends(std::uint32_t worker, std::int64_t time) = 0;
  virtual void task(const TaskSlice& task) = 0;
  /// The counter has this value from then on.
  virtual void counter(Counter counter, std::int64_t time, std::uint64_t value) = 0;
  /// No task was started, for this reason.
  virtual void held_back(std::int64_t from, std::int64_t to, std::string_view reason) = 0;
  virtual void end() = 0;
};

}  // namespace prun::trace
