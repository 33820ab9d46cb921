// The layout of the memory that master and workers share. Plain structures. ring/PROTOCOL.md says who writes what, in which
// order, and what the master does after a death.
#pragma once

#include "sys/text_note.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace prun::ring {

inline constexpr std::size_t cache_line = 64;

/// Where the payload of a chunk is.
enum class PayloadKind : std::uint8_t {
  inline_items,  ///< callable, then items: in `data`
  arena_items,   ///< the same: `size` bytes at `place.offset` in the arena
  inline_range,  ///< an integer range in `range`, followed by the bytes of the callable
  arena_range,   ///< the same, with the bytes of the callable in the arena
};

struct ArenaPlace {
  std::uint64_t offset;
  std::uint32_t skip;  ///< number of items at the front that have their outcomes
};
struct RangeItems {
  std::int64_t start;
  std::int64_t step;
  std::uint64_t callable;  ///< its bytes, or their place in the arena
};

/// The unit that a worker takes: `count` calls of one entry point.
struct Chunk {
  std::uint32_t id = 0;           ///< the master's number for it while it is in flight
  std::uint32_t count = 0;        ///< items in the payload, including those to skip
  std::uint64_t entry = 0;        ///< address of the entry point (a detail::Entry) in the master
  std::uint64_t first_index = 0;  ///< index of item 0 in its job
  std::uint32_t size = 0;         ///< bytes of payload (only of the callable if it is a range)
  std::uint16_t attempt = 1;
  PayloadKind kind = PayloadKind::inline_items;
  std::uint8_t flags = 0;
  union {
    std::byte data[24];
    ArenaPlace place;
    RangeItems range;
  };
  Chunk() noexcept : range{0, 0, 0} {}  // NOLINT(cppcoreguidelines-pro-type-member-init): one member of a union
};

inline constexpr std::uint8_t flag_timed = 1;       ///< results carry start and duration
inline constexpr std::uint8_t flag_usage = 2;       ///< results also carry resource usage
inline constexpr std::uint8_t flag_stoppable = 4;   ///< the calls stop themselves at their time limit, or when asked
inline constexpr std::uint8_t flag_recallable = 8;  ///< items that have not begun can be taken back (ring/share.hpp)
inline constexpr std::size_t inline_capacity = 24;

/// One slot of the task ring, one cache line.
struct alignas(cache_line) TaskSlot {
  std::atomic<std::uint64_t> state{0};
  Chunk chunk;
};
static_assert(sizeof(TaskSlot) == cache_line);

/// The stage of the process behind a worker block. The meaning of a death depends on it.
enum class WorkerStage : std::uint32_t {
  none,      ///< no process, or it has not reached its loop
  starting,  ///< in the initializer
  ready,     ///< in its loop
  retired,   ///< exited its loop by itself: told to stop, or has run the maximum number of tasks
};

/// The cause that a dying worker could still record.
enum class DeathNote : std::uint32_t { none, stack_overflow, cpu_limit };

/// In `begun_at`: the call exceeded its limit and the master kills its worker, which must not begin another call.
inline constexpr std::int64_t condemned = -1;

/// The usage of a worker process at the start of its current call, so that the call's usage is known even if it dies.
struct UsedBefore {
  std::atomic<std::int64_t> user_us{0};
  std::atomic<std::int64_t> system_us{0};
  std::atomic<std::uint32_t> minor_faults{0};
  std::atomic<std::uint32_t> major_faults{0};
};

/// The words of one worker. Cache lines are grouped by writer.
struct WorkerBlock {
  // written by the worker
  alignas(cache_line) std::atomic<std::uint64_t> held{0};  ///< ticket + 1 of the chunk it holds; 0: none
  std::atomic<std::uint64_t> begun{0};                     ///< items of that chunk begun
  std::atomic<std::uint64_t> share{0};                     ///< of a recallable chunk: the items to run (ring/share.hpp)
  std::atomic<std::uint32_t> handing_ns{0};                ///< cost of getting the next such chunk; 0: not measured
  std::atomic<WorkerStage> stage{WorkerStage::none};
  std::atomic<DeathNote> death_note{DeathNote::none};
  std::atomic<std::int32_t> pid{0};       ///< before the first result
  std::atomic<bool> has_partner{false};   ///< two processes act as this worker; set before the first turn
  std::atomic<std::int64_t> begun_at{0};  ///< when the call began (CLOCK_MONOTONIC, ns); 0: none runs, or this one is
                                          ///< not measured; or `condemned`
  UsedBefore used_before;                 ///< if usage is measured
  alignas(cache_line) std::atomic<std::uint64_t> tail{0};  ///< result bytes ever written
  std::atomic<std::int32_t> child_group{0};                ///< process group of the command that the call runs; 0: none
  alignas(cache_line) sys::TextNote last_output;           ///< the last line that the call's command has written
  // written by the master
  alignas(cache_line) std::atomic<std::uint64_t> head{0};  ///< result bytes ever read
  std::atomic<std::uint32_t> credit_wanted{0};  ///< futex: 1 while the worker sleeps for room in its result ring
  // written by both
  alignas(cache_line) std::atomic<std::uint32_t> asleep{0};  ///< futex: 1 while the worker sleeps for tasks
};

/// Who must be notified of results, and when (see ring/doorbell.hpp).
enum class Bell : std::uint32_t {
  silent,       ///< the master is awake
  event_any,    ///< write to the event descriptor at the next result
  event_batch,  ///< ... when a result ring is half full, few tasks are left or a worker is idle
  event_full,   ///< ... only when a result ring is half full: the master also polls
  futex_any,    ///< wake the bell's word at the next result
  futex_batch,
};

struct Header {
  std::uint32_t slot_count = 0;  ///< a power of two
  std::uint32_t worker_count = 0;
  std::uint32_t result_bytes = 0;  ///< of each result ring, a power of two
  std::uint64_t run_seed = 0;
  std::atomic<std::uint32_t> calls_numbered{0};  ///< chunks of another call than the pool's first have been published
  std::uint64_t max_tasks_per_child = 0;         ///< 0: no limit
  bool clocked = false;                          ///< workers record when each call begins
  bool sampled = false;                          ///< workers measure all long calls and some short ones
  bool memory_limited = false;                   ///< a failed allocation fails the call as out of memory
  std::int64_t cpu_limit_us = 0;                 ///< CPU time that a call may take; 0: no limit
  std::atomic<std::int32_t> guardian{0};         ///< process id (pool/guardian.hpp)
  std::atomic<std::uint32_t> dropping{0};        ///< workers begin no more calls, not even of chunks that they hold
  alignas(cache_line) std::atomic<std::uint64_t> hint{0};  ///< all tickets below it are claimed
  alignas(cache_line) std::atomic<std::uint64_t> tail{0};  ///< tickets published
  std::atomic<std::uint32_t> low_water{0};  ///< with fewer chunks left, a master that waits for a batch is woken
  std::uint32_t watch_spins = 0;            ///< how often the watcher polls before it sleeps
  std::atomic<std::uint32_t> watcher{0};    ///< number of the idle worker that polls for tasks, plus 1; 0: none
  std::atomic<std::uint32_t> stopping{0};   ///< workers exit when nothing is left to claim
  alignas(cache_line) std::atomic<std::uint32_t> bell{0};  ///< a Bell; futex
  std::int32_t event_fd = -1;
};

/// One bit for each worker. The worker sets it before it sleeps, and a waker clears it.
struct SleeperWord {
  alignas(cache_line) std::atomic<std::uint64_t> bits{0};
};

}  // namespace prun::ring
