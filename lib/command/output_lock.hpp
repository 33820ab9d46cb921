// Decides which process writes lines to one of prun's outputs. One process at a time holds the lock of an output.
//
//   free --try_hold--> held --release--> free
//                        '--its process dies--> free
//
// It is a lock of fcntl(2) on a file without a name, so the kernel releases it when its holder dies. Threads of one process exclude each
// other by a flag. One word in shared memory counts the writers that wait:
//
//   writer: adds itself to the word, tries again, waits for `freed_fd`
//   holder: unlocks, reads the word, signals `freed_fd` if it is not 0
//
// Both orders are those of the lock itself, and the flag is sequentially consistent. A writer that finds the lock held has added itself
// before the holder unlocks, so the holder reads that. No signal tells that a holder has died, so a writer waits for `longest_wait` at
// most. A writer that died stays counted, which costs a signal that nobody needs.
//
// The second word counts how often the lock was taken: a writer that has given way to others sees whether one of them came. The third
// word says that a part of a line may be written: a holder sets it before a large write, and while it waits to write the rest.
#pragma once

#include "sys/fd.hpp"
#include "sys/output_channel.hpp"
#include "sys/shared_memory.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

namespace prun::command {

class OutputLock {
 public:
  static constexpr std::chrono::milliseconds longest_wait{100};

  /// Create it before the workers start. @param fd the output @throws std::system_error
  explicit OutputLock(int fd);

  [[nodiscard]] int fd() const noexcept { return fd_; }

  /// Returns false if another process or thread holds it, or this thread. @throws std::system_error
  [[nodiscard]] bool try_hold();
  /// By its holder.
  void release() noexcept;

  /// From here on, `freed_fd` is readable when the lock may have become free. Try again before the first wait.
  void begin_waiting() noexcept { state().waiting.fetch_add(1); }
  void end_waiting() noexcept { state().waiting.fetch_sub(1); }
  [[nodiscard]] int freed_fd() const noexcept { return freed_.get(); }
  /// The number of writers that wait. Some of them may have died.
  [[nodiscard]] std::uint32_t waiting() const noexcept { return state().waiting.load(); }
  /// How often the lock was taken.
  [[nodiscard]] std::uint32_t taken() const noexcept { return state().taken.load(); }

  // For the holder:
  /// Writes to the output without waiting.
  [[nodiscard]] const sys::OutputChannel& channel();
  void note_part_of_line(bool part) noexcept { state().part_of_line.store(part); }
  /// The last holder has died and has left a part of a line.
  [[nodiscard]] bool left_part_of_line() const noexcept { return state().part_of_line.load(); }

 private:
  struct State {
    std::atomic<std::uint32_t> waiting{0};
    std::atomic<std::uint32_t> taken{0};
    std::atomic<bool> part_of_line{false};
  };
  [[nodiscard]] State& state() const noexcept { return *reinterpret_cast<State*>(memory_.data()); }

  int fd_;
  sys::Fd file_;
  sys::Fd freed_;
  sys::SharedMemory memory_;
  std::atomic_flag held_here_;                 ///< by a thread of this process
  std::optional<sys::OutputChannel> channel_;  ///< of this process
};

/// The locks of standard output and of standard error: one lock where both are the same file.
struct OutputLocks {
  /// Create them before the workers start. @throws std::system_error
  [[nodiscard]] static OutputLocks of_standard_streams();

  std::shared_ptr<OutputLock> out{};
  std::shared_ptr<OutputLock> err{};
};

}  // namespace prun::command
