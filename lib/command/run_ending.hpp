// Tells all workers that the run ends: they must stop their programs now, gently. It is one word in shared memory and a
// descriptor that all workers can poll.
//
//   0 (the run continues)  -- master, once: release store, then the descriptor becomes readable forever -->  a Reason
//
// A second descriptor says that programs must not be waited for any more: they are killed at once.
//
// Workers only read it. If the master dies before it sets the word, the workers are killed (pool/server_process.hpp).
#pragma once

#include "sys/fd.hpp"
#include "sys/shared_memory.hpp"

#include <atomic>
#include <cstdint>

namespace prun::command {

class RunEnding {
 public:
  enum class Reason : std::uint32_t {
    none,
    interrupt,  ///< SIGINT was received
    terminate,  ///< SIGTERM or SIGHUP was received
    halt,       ///< the halt policy
    deadline,   ///< of the run
    other,      ///< for example, nobody reads the output
  };

  /// Create it before the workers start. @throws std::system_error
  RunEnding();

  /// Master: only the first call has an effect.
  void begin(Reason reason) noexcept;

  /// Master, after `begin`: the grace period is over now.
  void hurry() noexcept;

  /// Readable after `hurry`. Nobody reads it.
  [[nodiscard]] int hurry_fd() const noexcept { return hurry_event_.get(); }
  /// Readable after `begin`. Nobody reads it.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  [[nodiscard]] Reason reason() const noexcept { return static_cast<Reason>(word().load(std::memory_order_acquire)); }

 private:
  [[nodiscard]] std::atomic<std::uint32_t>& word() const noexcept {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(memory_.data());
  }

  sys::SharedMemory memory_;
  sys::Fd event_;
  sys::Fd hurry_event_;
};

}  // namespace prun::command
