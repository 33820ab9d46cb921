// What a worker does all its life: claim a chunk, run its entry point, pass the results on; sleep where there is nothing.
// Runs in a process of its own or in a thread; does not know which.
#pragma once

#include "ring/doorbell.hpp"
#include "ring/region.hpp"
#include "ring/result_ring.hpp"
#include "ring/sleepers.hpp"
#include "ring/task_ring.hpp"
#include "worker/call_limits.hpp"
#include "worker/call_usage.hpp"

#include <prun/context.hpp>
#include <prun/detail/call_frame.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <string>

namespace prun::worker {

class WorkerLoop final : public detail::CallFrame {
 public:
  WorkerLoop(const ring::Region& region, std::uint32_t worker);

  /// Runs until told to stop, or until it has run as many tasks as a child may.
  void run();

  /// Reports that the initializer failed: an error of the pool, not of a task.
  void report_broken(const Failure& failure);

  bool begin(std::uint32_t item) override;
  void value(const void* data, std::size_t size) override;
  void failed(const std::exception_ptr& error) override;

 private:
  void drop_item();
  void take(const ring::TaskRing::Claim& claim);
  [[nodiscard]] bool wait_for_tasks();
  void send(ring::RecordKind kind, const char* data, std::size_t size);
  [[nodiscard]] std::byte* room_for(const ring::RecordHeader& header, const ring::Stamps* stamps);
  void tell_master();

  const ring::Region* region_;
  std::uint32_t worker_;
  ring::WorkerBlock* block_;
  ring::TaskRing tasks_;
  ring::ResultProducer results_;
  ring::Doorbell bell_;
  ring::Sleepers sleepers_;
  ring::Chunk chunk_;
  std::uint32_t item_ = 0;
  std::int64_t started_ = 0;
  CallLimits limits_;
  CallUsage usage_;
  std::uint64_t tasks_run_ = 0;
  bool woken_ = false;  ///< has slept since its last claim
  TaskContext context_;
  std::string failure_bytes_;
};

}  // namespace prun::worker
