// What nodes are given to do, and who hears what became of it: the run, as the nodes see it.
#pragma once

#include "cluster/messages.hpp"

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <string_view>

namespace prun::cluster {

class Work {
 public:
  Work() = default;
  Work(const Work&) = delete;
  Work& operator=(const Work&) = delete;
  virtual ~Work() = default;

  /// The next tasks, at most `most`, which leave the run's queue. False: there is none now. The views are valid until the
  /// next call.
  virtual bool next(std::uint64_t most, TaskBatch& batch) = 0;
  /// The outcome of such a task: one of these two, or the task is given back.
  virtual void on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) = 0;
  virtual void on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) = 0;
  /// The task has no outcome, and goes to the front of the queue.
  virtual void give_back(std::uint64_t index, std::uint32_t attempt) = 0;
  /// The nodes' attempts are to say what they used.
  [[nodiscard]] virtual bool measured() const = 0;
};

}  // namespace prun::cluster
