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

#include <atomic>
#include <cstdint>
#include <exception>
#include <string>
#include <type_traits>

namespace prun::sys {
class PeerModules;
}

namespace prun::worker {

/// What passes between two processes that are one worker by turns (ring/PROTOCOL.md). Whoever has it is the worker.
struct Baton {
  ring::Chunk chunk;       ///< where `holds_chunk`: held, as the marks in the worker's block say, and not begun
  std::uint64_t call = 0;  ///< that the chunk belongs to
  std::uint64_t tasks_run = 0;
  bool holds_chunk = false;
  bool woken = false;
};
static_assert(std::is_trivially_copyable_v<Baton>);

/// The other process, as seen by the first.
class Partner {
 public:
  /// Is the worker from now on, and returns when it has a chunk that is not for it, or nothing is left for a worker to do.
  /// Where the partner dies, this process does not return either.
  [[nodiscard]] virtual Baton take_over(const Baton& baton) = 0;

 protected:
  ~Partner() = default;
};

class WorkerLoop final : public detail::CallFrame {
 public:
  /// @param event_fd see ring::Doorbell
  /// @param peer where the master, which names entry points by its own addresses, has others than this process
  WorkerLoop(const ring::Region& region, std::uint32_t worker, int event_fd = -1, sys::PeerModules* peer = nullptr);

  /// Runs until told to stop, or until it has run as many tasks as a child may.
  void run();

  /// For an entry point, instead of making the calls: `partner` runs this chunk, and those like it that follow.
  void lend(Partner& partner);

  /// In the partner's process: the worker, until there is a chunk whose entry point is not that of the baton's first.
  [[nodiscard]] Baton stand_in(const Baton& baton, detail::Entry entry);

  /// Reports that the initializer failed: an error of the pool, not of a task.
  void report_broken(const std::exception_ptr& error);

  bool begin(std::uint32_t item) override;
  void value(const void* data, std::size_t size) override;
  void failed(const std::exception_ptr& error) override;

 private:
  [[nodiscard]] bool in_forked_child() const noexcept { return own_process_->load(std::memory_order_relaxed) == 0; }
  void drop_item();
  [[nodiscard]] bool next_chunk();
  void take(const ring::TaskRing::Claim& claim);
  void open_chunk();
  [[nodiscard]] detail::Entry find_entry();
  void fail_chunk();
  void run_chunk(detail::Entry entry);
  void receive(const Baton& baton);
  [[nodiscard]] Baton baton() const;
  [[nodiscard]] bool wait_for_tasks();
  void send(ring::RecordKind kind, const char* data, std::size_t size);
  [[nodiscard]] std::byte* room_for(const ring::RecordHeader& header, const ring::Stamps* stamps);
  void end_clock();
  void tell_master();

  const ring::Region* region_;
  std::uint32_t worker_;
  const std::atomic<std::uint32_t>* own_process_;  ///< 0 in a child that a call has forked
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
  bool holds_chunk_ = false;  ///< and has not begun to run it
  bool lent_ = false;         ///< the chunk was the partner's to end
  bool woken_ = false;        ///< has slept since its last claim
  TaskContext context_;
  std::string failure_bytes_;
  sys::PeerModules* peer_;
  std::exception_ptr missing_;  ///< why there is no entry point
};

}  // namespace prun::worker
