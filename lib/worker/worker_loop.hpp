// The loop of a worker: claims a chunk, runs its entry point, sends the results, and sleeps if there is nothing to do. It
// runs in a process or in a thread, and does not know which.
#pragma once

#include "ring/doorbell.hpp"
#include "ring/region.hpp"
#include "ring/result_ring.hpp"
#include "ring/sleepers.hpp"
#include "ring/task_ring.hpp"
#include "sys/quick_clock.hpp"
#include "worker/call_limits.hpp"
#include "worker/call_sampler.hpp"
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

/// The message between two processes that act as one worker in turn (ring/PROTOCOL.md). The process that has it is the worker.
struct Baton {
  ring::Chunk chunk;       ///< if `holds_chunk`: held, according to the worker's block, and not begun
  std::uint64_t call = 0;  ///< number of the chunk's call
  std::uint64_t tasks_run = 0;
  bool holds_chunk = false;
  bool woken = false;
};
static_assert(std::is_trivially_copyable_v<Baton>);

/// The other process, as the first one sees it.
class Partner {
 public:
  /// Acts as the worker from now on. Returns when it has a chunk that is not for it, or when the worker has nothing more to
  /// do. If the partner dies, this process exits too.
  [[nodiscard]] virtual Baton take_over(const Baton& baton) = 0;

 protected:
  ~Partner() = default;
};

class WorkerLoop final : public detail::CallFrame {
 public:
  /// @param event_fd see ring::Doorbell
  /// @param peer for a master that has other addresses than this process, because it names entry points by address
  WorkerLoop(const ring::Region& region, std::uint32_t worker, int event_fd = -1, sys::PeerModules* peer = nullptr);

  /// Runs until told to stop, or until the maximum number of tasks has run.
  void run();

  /// For an entry point, in place of making the calls: `partner` runs this chunk and the following ones of its kind.
  void lend(Partner& partner);

  /// In the partner's process: acts as the worker until there is a chunk with another entry point than the first one's.
  [[nodiscard]] Baton stand_in(const Baton& baton, detail::Entry entry);

  /// Reports that the initializer failed: an error of the pool, not of a task.
  void report_broken(const std::exception_ptr& error);

  bool begin(std::uint32_t item) override;
  void value(const void* data, std::size_t size) override;
  void failed(const std::exception_ptr& error) override;

 private:
  [[nodiscard]] bool in_forked_child() const noexcept { return own_process_->load(std::memory_order_relaxed) == 0; }
  void begin_watched(bool read_now);
  void drop_rest(std::uint32_t item);
  [[nodiscard]] bool take_item(std::uint32_t item);
  void open_share(std::uint64_t ticket) noexcept;
  void measure_handing_over(std::uint32_t item);
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
  bool watched_;  ///< each call has a clock, or a limit of CPU time
  ring::TaskRing tasks_;
  ring::ResultProducer results_;
  ring::Doorbell bell_;
  ring::Sleepers sleepers_;
  ring::Chunk chunk_;
  std::uint32_t item_ = 0;
  sys::QuickClock clock_;
  std::int64_t started_ = 0;
  bool sampled_ = false;  ///< the call is measured although its chunk does not ask for it
  CallSampler sampler_;
  std::int64_t last_sent_ = 0;  ///< end of the last measured call, if the worker has not waited since
  double mean_handing_ns_ = 0;  ///< from the end of a recallable chunk to the first call of the next
  CallLimits limits_;
  CallUsage usage_;
  std::uint64_t tasks_run_ = 0;
  bool holds_chunk_ = false;  ///< and has not begun to run it
  bool lent_ = false;         ///< the partner had to end the chunk
  bool woken_ = false;        ///< it has slept since its last claim
  TaskContext context_;
  std::string failure_bytes_;
  sys::PeerModules* peer_;
  std::exception_ptr missing_;  ///< the reason why there is no entry point
};

}  // namespace prun::worker
