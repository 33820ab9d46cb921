// Decides which chunks to publish and what each outcome means: jobs in, chunks out; records and deaths in, outcomes out. It
// acts only through Backend, so it is tested without processes. It does not know how workers start or how anything waits.
//
// The states of a task, and the events that change them:
//   queued (in its job) --feed--> in flight --record of its item--> done
//                                    |  ^--death of the worker, item not begun: the rest of its chunk goes in front of the queue
//                                    |  '--death of the worker, item begun--> done (lost), and the rest of its chunk as above
//                                    '--taken back (ring/share.hpp): the rest of its chunk becomes a chunk of its own
#pragma once

#include "dispatch/partial_record.hpp"
#include "ring/arena.hpp"
#include "ring/layout.hpp"
#include "ring/result_ring.hpp"

#include <prun/detail/job.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun::dispatch {

/// The destination of chunks.
class Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  [[nodiscard]] virtual bool has_room() const = 0;
  /// Call it only if there is room. Returns the ticket of the chunk, which is unique.
  /// @param call number of the chunk's job in the pool
  virtual std::uint64_t publish(const ring::Chunk& chunk, std::uint64_t call) = 0;
  /// Takes back a chunk that no worker has claimed. Returns false if one has.
  virtual bool withdraw(std::uint64_t ticket) = 0;
  /// Takes back half of the items that a worker has not begun, of a recallable chunk. Returns the first of them: they extend to
  /// the last item of the chunk. Absent: there are none, or no worker has begun the chunk.
  /// @param told number of items of the chunk that have their outcomes
  virtual std::optional<std::uint32_t> recall(std::uint64_t ticket, std::uint32_t told) = 0;
  /// What it costs a worker to go from one chunk to the next; 0: not measured.
  [[nodiscard]] virtual std::chrono::nanoseconds handing_cost() const = 0;

 protected:
  ~Backend() = default;
};

/// How a worker ended, and what it held.
struct LostWorker {
  std::uint32_t worker = 0;
  Failure failure;                      ///< for the item that it had begun
  std::optional<std::uint64_t> ticket;  ///< of the chunk that it held
  std::uint64_t begun = 0;              ///< number of items of that chunk that it had begun
  std::int64_t started_ns = 0;          ///< CLOCK_MONOTONIC, start of the last of them; 0: unknown
  std::int64_t duration_ns = 0;         ///< from then until its death was noticed
  std::optional<Usage> usage{};         ///< of that item; absent: not measured
};

class Dispatcher {
 public:
  struct Limits {
    std::uint32_t workers = 1;
    std::size_t bytes = std::size_t{8} << 20;  ///< of arguments in flight; passed only to keep every worker busy
  };

  Dispatcher(Backend& backend, ring::Arena& arena, const Limits& limits);
  ~Dispatcher();

  /// The job has a chunk to hand out. Jobs are served in the order of their arrival.
  void enqueue(const std::shared_ptr<detail::Job>& job);

  /// Publishes as many chunks as possible. Returns their number.
  std::uint64_t feed();

  /// A record of worker `worker`, in the order of its ring. False where it belongs to nothing: the worker's memory is corrupt.
  [[nodiscard]] bool on_record(std::uint32_t worker, std::int32_t pid, const ring::Record& record);

  void on_worker_lost(LostWorker lost);

  /// Fails every call of `job` that no worker has claimed with a copy of `failure`.
  void cancel(detail::Job& job, const Failure& failure);
  /// The same for every job; with `running` also the calls of workers, which must be dead.
  void fail_all(const Failure& failure, bool running);

  /// The chunk in flight with that ticket, or null. Valid until the next call.
  [[nodiscard]] const ring::Chunk* chunk_of(std::uint64_t ticket) const;
  /// The index, within its job, of an item of that chunk that has no outcome yet; absent: it has one, or is not in flight.
  [[nodiscard]] std::optional<std::uint64_t> index_without_outcome(std::uint64_t ticket, std::uint64_t item) const;

  /// The chunk that holds the job's item `index` is in flight, and `waiting(ticket)` does not say that nobody has claimed it.
  template <class Waiting>
  [[nodiscard]] bool running(const detail::Job& job, std::uint64_t index, Waiting waiting) const {
    for (const InFlight& entry : entries_) {
      if (entry.job != &job || !entry.published) continue;
      const std::uint64_t item = index - entry.chunk.first_index;
      if (item >= entry.next_item && item < entry.chunk.count) return !waiting(entry.ticket);
    }
    return false;
  }

  [[nodiscard]] bool has_pending() const noexcept { return !requeued_.empty() || !jobs_.empty(); }
  [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
  /// Nothing in flight, nothing queued.
  [[nodiscard]] bool idle() const noexcept { return in_flight_ == 0 && !has_pending(); }

 private:
  struct InFlight {
    ring::Chunk chunk;
    detail::Job* job = nullptr;  ///< null: the entry is free
    std::uint64_t ticket = 0;
    std::uint32_t next_item = 0;
    bool published = false;
    std::uint32_t sharer = 0;  ///< the next in the circle of entries whose items lie in the same bytes of the arena
  };

  [[nodiscard]] bool admits_more() const noexcept;
  [[nodiscard]] bool next_chunk_of(detail::Job& job);
  [[nodiscard]] bool publish_next_of(detail::Job& job);
  void publish(std::uint32_t id);
  void publish_rest(std::uint32_t id);
  [[gnu::noinline]] void prepare_adaptive(detail::Job& job);
  std::uint64_t split_chunks();
  [[nodiscard]] bool split(std::uint32_t id);
  void give_rest(std::uint32_t id, std::uint32_t end);
  [[nodiscard]] std::uint32_t new_entry(detail::Job& job);
  [[nodiscard]] InFlight* find(std::uint64_t ticket);
  [[nodiscard]] bool trim(InFlight& entry);
  void free_arguments(InFlight& entry);
  // Not inlined, so that chunks of fixed size, whose arguments are in the slot, do not pay for it.
  [[gnu::noinline]] void free_bytes(InFlight& entry, std::uint64_t place);
  void finish(InFlight& entry);
  void fail_rest(InFlight& entry, const Failure& failure);
  void discard(InFlight& entry, const Failure& failure);
  void fail_queued(detail::Job& job, const Failure& failure);
  void retain(detail::Job& job);
  void release(detail::Job& job);

  Backend* backend_;
  ring::Arena* arena_;
  Limits limits_;
  std::vector<InFlight> entries_;
  std::vector<std::uint32_t> free_entries_;
  std::size_t in_flight_ = 0;
  bool recallable_ = false;  ///< one of them may be a recallable chunk
  std::deque<std::uint32_t> requeued_;
  std::deque<detail::Job*> jobs_;
  std::vector<PartialRecord> partial_;  ///< of each worker
  detail::ChunkSpec spec_;
};

}  // namespace prun::dispatch
