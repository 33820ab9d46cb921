// What lies in the memory that master and workers share. Plain structures and their places; ring/PROTOCOL.md says who
// writes what, in which order, and what a death leaves behind.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace prun::ring {

inline constexpr std::size_t cache_line = 64;

/// How a chunk's payload is held.
enum class PayloadKind : std::uint8_t {
  inline_items,  ///< callable, then items: in `data`
  arena_items,   ///< the same: `size` bytes at `place.offset` in the arena
  inline_range,  ///< an integer range in `range`, the callable's bytes behind it
  arena_range,   ///< the same, the callable's bytes in the arena
};

struct ArenaPlace {
  std::uint64_t offset;
  std::uint32_t skip;  ///< the first items, that have their outcome already
};
struct RangeItems {
  std::int64_t start;
  std::int64_t step;
  std::uint64_t callable;  ///< its bytes, or their place in the arena
};

/// What a worker takes at once: `count` calls of one entry point.
struct Chunk {
  std::uint32_t id = 0;           ///< the master's number for it while it is in flight
  std::uint32_t count = 0;        ///< items in the payload, those to skip included
  std::uint64_t entry = 0;        ///< address of the entry point (a detail::Entry) in the master
  std::uint64_t first_index = 0;  ///< index, within its job, of item 0
  std::uint32_t size = 0;         ///< bytes of payload (of the callable alone where it is a range)
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

inline constexpr std::uint8_t flag_timed = 1;      ///< results carry start and duration
inline constexpr std::uint8_t flag_usage = 2;      ///< and what the calls used
inline constexpr std::uint8_t flag_stoppable = 4;  ///< the calls end themselves at their time limit, or when asked to
inline constexpr std::size_t inline_capacity = 24;

/// One place of the task ring, one cache line.
struct alignas(cache_line) TaskSlot {
  std::atomic<std::uint64_t> state{0};
  Chunk chunk;
};
static_assert(sizeof(TaskSlot) == cache_line);

/// How far the process behind a worker block has come; what a death means depends on it.
enum class WorkerStage : std::uint32_t {
  none,      ///< no process, or it has not reached its loop
  starting,  ///< in the initializer
  ready,     ///< in its loop
  retired,   ///< left its loop by itself: told to stop, or has run as many tasks as a child may
};

/// What a dying worker could still say of itself.
enum class DeathNote : std::uint32_t { none, stack_overflow, cpu_limit };

/// In `begun_at`: the call took too long and the master kills its worker, which may not go on to another call.
inline constexpr std::int64_t condemned = -1;

/// What a worker process had used when the call that it is at began, so that also a death tells what the call has used.
struct UsedBefore {
  std::atomic<std::int64_t> user_us{0};
  std::atomic<std::int64_t> system_us{0};
  std::atomic<std::uint32_t> minor_faults{0};
  std::atomic<std::uint32_t> major_faults{0};
};

/// One worker's part of the shared memory. Lines are grouped by who writes them.
struct WorkerBlock {
  // written by the worker
  alignas(cache_line) std::atomic<std::uint64_t> held{0};  ///< ticket + 1 of the chunk it holds; 0: none
  std::atomic<std::uint64_t> begun{0};                     ///< items of that chunk begun
  std::atomic<WorkerStage> stage{WorkerStage::none};
  std::atomic<DeathNote> death_note{DeathNote::none};
  std::atomic<std::int32_t> pid{0};       ///< before the first result
  std::atomic<bool> has_partner{false};   ///< two processes are this worker by turns; before the first turn
  std::atomic<std::int64_t> begun_at{0};  ///< when the call began (CLOCK_MONOTONIC, ns); 0: none runs; or `condemned`
  UsedBefore used_before;                 ///< where usage is asked for
  alignas(cache_line) std::atomic<std::uint64_t> tail{0};  ///< result bytes ever written
  std::atomic<std::int32_t> child_group{0};                ///< process group of the command that the call runs; 0: none
  // written by the master
  alignas(cache_line) std::atomic<std::uint64_t> head{0};  ///< result bytes ever read
  std::atomic<std::uint32_t> credit_wanted{0};  ///< futex: 1 while the worker sleeps for room in its result ring
  // written by both
  alignas(cache_line) std::atomic<std::uint32_t> asleep{0};  ///< futex: 1 while the worker sleeps for tasks
};

/// Who is to be told of results, and when (see ring/doorbell.hpp).
enum class Bell : std::uint32_t {
  silent,       ///< the master is awake
  event_any,    ///< write to the event descriptor at the next result
  event_batch,  ///< ... when a result ring is half full, tasks run low or a worker runs out of them
  event_full,   ///< ... when a result ring is half full only: the master looks by the clock
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
  bool clocked = false;           ///< workers say when each call begins, for the master to see which takes too long
  bool memory_limited = false;    ///< what has no memory fails by that name
  std::int64_t cpu_limit_us = 0;  ///< CPU time that a call may take; 0: no limit
  std::atomic<std::int32_t> guardian{0};   ///< process id (pool/guardian.hpp)
  std::atomic<std::uint32_t> dropping{0};  ///< workers begin no call any more, not of a chunk they hold either
  alignas(cache_line) std::atomic<std::uint64_t> hint{0};  ///< no ticket below it is unclaimed
  alignas(cache_line) std::atomic<std::uint64_t> tail{0};  ///< tickets published
  std::atomic<std::uint32_t> low_water{0};  ///< with fewer chunks left a master that waits for a batch is told
  std::uint32_t watch_spins = 0;            ///< how often the watcher looks before it sleeps too
  std::atomic<std::uint32_t> watcher{0};    ///< the one idle worker, plus 1, that looks for tasks awake; 0: none
  std::atomic<std::uint32_t> stopping{0};   ///< workers leave when nothing is left to claim
  alignas(cache_line) std::atomic<std::uint32_t> bell{0};  ///< a Bell; futex
  std::int32_t event_fd = -1;
};

/// One bit a worker: set by it before it sleeps, taken by the master that wakes it.
struct SleeperWord {
  alignas(cache_line) std::atomic<std::uint64_t> bits{0};
};

}  // namespace prun::ring
