// The tokens that this process holds of a jobserver. A process has one without asking, by which it was started; each task that
// runs beside the first holds one more, and it is given back, the same byte, when fewer run.
//
// Held tokens are noted in memory that is shared with the fork server, so that it can give back what a master that was killed
// held. Whoever gives one back takes it off the notes first:
//
//   the master dies             what becomes of the token
//   before it read the byte     it is in the pipe
//   between reading and noting  lost: the one instant that loses one; make says so when it ends
//   while it is noted           the fork server gives it back, once all workers have ended
//   taken off, not yet written  lost, never there twice
#pragma once

#include "jobserver/token_pipe.hpp"
#include "sys/shared_memory.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace prun::jobserver {

class Tokens {
 public:
  /// @param most that will ever be held at once
  Tokens(TokenPipe pipe, std::uint32_t most);
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  /// Gives back all.
  ~Tokens();

  /// One more, if there is one now.
  bool take() noexcept;
  /// Gives back all but `count`. Async-signal-safe, and may be called in the fork server while the master does.
  void keep(std::uint32_t count) noexcept;
  /// Gives back all; a fifo's name is removed: the process that made it is no more, or will not be in a moment.
  void leave() noexcept;

  [[nodiscard]] std::uint32_t count() const noexcept { return notes_->count.load(std::memory_order_relaxed); }
  /// Readable when there is one to be taken; -1: none will ever come.
  [[nodiscard]] int fd() const noexcept { return pipe_.fd(); }
  [[nodiscard]] const Address& address() const noexcept { return pipe_.address(); }

 private:
  struct Notes {
    std::atomic<std::uint32_t> count;
    [[nodiscard]] char* bytes() noexcept { return reinterpret_cast<char*>(this + 1); }
  };

  TokenPipe pipe_;
  std::uint32_t most_;
  sys::SharedMemory memory_;
  Notes* notes_;
};

}  // namespace prun::jobserver
