// The master's word to all workers that the run ends: programs that they run are to be stopped now, gently. One word in shared
// memory and a descriptor that all of them can wait for.
//
//   0 (the run goes on)  -- the master, once: release store, then the descriptor becomes readable for good -->  a Reason
//
// Workers only read. A master that dies before it says so takes the workers along (pool/server_process.hpp).
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
    interrupt,  ///< SIGINT came
    terminate,  ///< SIGTERM or SIGHUP came
    halt,       ///< the halt policy
    deadline,   ///< of the run
    other,      ///< such as an output that nobody reads
  };

  /// Before the workers are started. @throws std::system_error
  RunEnding();

  /// The master: only the first call counts.
  void begin(Reason reason) noexcept;

  /// Readable, without being read, from then on.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }
  [[nodiscard]] Reason reason() const noexcept { return static_cast<Reason>(word().load(std::memory_order_acquire)); }

 private:
  [[nodiscard]] std::atomic<std::uint32_t>& word() const noexcept {
    return *reinterpret_cast<std::atomic<std::uint32_t>*>(memory_.data());
  }

  sys::SharedMemory memory_;
  sys::Fd event_;
};

}  // namespace prun::command
