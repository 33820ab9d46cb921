// See history.hpp.
#include "history/history.hpp"

#include <algorithm>
#include <utility>

namespace prun::history {
namespace {

constexpr std::uint64_t chunk_runs_in_memory = 200'000;
constexpr std::uint64_t hold_ups_in_memory = 200'000;
constexpr std::uint64_t samples_in_memory = 200'000;

}  // namespace

History::History(RunFacts facts, std::uint64_t attempts_in_memory)
    : facts_(std::move(facts)),
      attempts_(attempts_in_memory),
      chunks_(chunk_runs_in_memory),
      hold_ups_(hold_ups_in_memory),
      samples_(samples_in_memory) {}

void History::add_chunk(std::uint64_t first_index, std::uint64_t size) {
  if (open_chunks_) {
    ChunkRun& run = *open_chunks_;
    if (size == run.size && first_index == run.first_index + run.chunks * run.size) {
      ++run.chunks;
      return;
    }
    chunks_.add(run);
  }
  open_chunks_ = ChunkRun{first_index, 1, size};
}

void History::end(const RunEnded& end, std::int64_t time, std::string ending) {
  run_end_ = end;
  ended_at_ = time;
  ending_ = std::move(ending);
}

TopTask History::top_task(std::uint64_t amount, const EndedAttempt& ended, std::string call) {
  const Attempt& attempt = ended.attempt;
  return {amount,           attempt.index,
          std::move(call),  attempt.attempt,
          attempt.worker,   attempt.started.value_or(0),
          attempt.duration, ended.result_bytes,
          attempt.failure,  ended.usage != nullptr ? std::optional(*ended.usage) : std::nullopt};
}

void History::add_unended(const UnendedCall& unended, std::string call) {
  unended_.push_back(unended);
  calls_.add_call(unended.index, std::move(call));
  highest_worker_ = std::max(highest_worker_, unended.worker + 1);
  last_end_ = std::max(last_end_, unended.started);
}

std::string History::worker_name(std::uint32_t place) const {
  const std::string_view host = workers_.host_at(place);
  std::string name = "worker " + std::to_string(place);
  return host.empty() ? name : std::string(host) + ": " + name;
}

std::string History::call_of(std::uint64_t index) const {
  std::string call;
  append_call_of(index, call);
  return call;
}

void History::append_call_of(std::uint64_t index, std::string& out) const {
  if (!calls_.append_call_of(index, out)) out.append("task ").append(std::to_string(index));
}

}  // namespace prun::history
