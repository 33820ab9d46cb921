// The tasks that a node has, as a job of its pool. They come from the head in batches, with the numbers that they have there, and
// go to the workers in chunks; their outcomes go back as they come. It does not know how frames travel.
#pragma once

#include "agent/node_files.hpp"
#include "cluster/messages.hpp"
#include "command/spilled_files.hpp"
#include "function/registry.hpp"
#include "task/chunk.hpp"

#include <prun/detail/job.hpp>

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace prun::agent {

class AgentJob final : public detail::Job {
 public:
  struct Options {
    std::uint32_t workers = 1;
    std::optional<std::uint64_t> chunksize;  ///< absent: by the measured duration of tasks
    bool measured = false;                   ///< attempts are to say what they used
  };

  /// @param spilled has the large outputs of commands; null: none. All must outlive it.
  AgentJob(const Options& options, Registry& registry, command::SpilledFiles* spilled, NodeFiles& files);

  /// A task that came cannot run.
  void fail(std::uint64_t index, std::uint32_t attempt, const std::string& why);

  /// @param function as `batch` names it
  void add(const cluster::TaskBatch& batch, const Function& function);
  /// Takes up to `most` tasks that no worker has been given, the last ones first. @return their indexes
  [[nodiscard]] std::vector<std::uint64_t> take_back(std::uint64_t most);
  /// SIGTERM comes from elsewhere to all processes: programs that it ends have not failed, but were interrupted.
  void expect_terminated_programs() noexcept { terminated_ = true; }
  /// Outcomes of cancelled tasks are not told any more.
  void wind_up() noexcept { winding_up_ = true; }

  /// There is a chunk for a worker now.
  [[nodiscard]] bool wants_queueing() const noexcept { return !queue_.empty() && chunks_in_flight() < most_chunks(); }
  /// The outcomes since the last call, as the body of a frame; empty: none.
  [[nodiscard]] std::string take_outcomes();
  [[nodiscard]] std::size_t outcome_bytes() const noexcept { return outcomes_.size(); }

  bool next_chunk(detail::ChunkSpec& chunk) override;
  void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) override;
  void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) override;

 private:
  struct Batch {
    const Function* function = nullptr;
    std::uint64_t first_index = 0;
    std::uint64_t count = 0;
    std::uint32_t attempt = 1;
    std::optional<IntRange> range;
    std::string items;
    std::size_t at = 0;  ///< bytes of `items` that were handed out
  };

  [[nodiscard]] std::uint32_t most_chunks() const noexcept;
  [[nodiscard]] std::uint64_t chunksize_for(const Function& function) const noexcept;
  void shorten(Batch& batch, std::uint64_t count);
  void append_file_failure(std::uint64_t index, const detail::AttemptInfo& info, const std::string& why);
  void take_files(std::uint64_t index, std::string_view& result, std::string& buffer);

  Options options_;
  Registry* registry_;
  command::SpilledFiles* spilled_;
  std::deque<Batch> queue_;
  std::uint64_t queued_ = 0;                    ///< tasks in `queue_`
  std::unordered_set<std::uint64_t> commands_;  ///< the tasks of workers that run a command
  std::string outcomes_;
  bool winding_up_ = false;
  NodeFiles* files_;
  bool terminated_ = false;
};

}  // namespace prun::agent
