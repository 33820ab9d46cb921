// The jobserver tokens that this process holds. A process implicitly owns one token, with which it was started. Each further
// running task needs one more. It is returned, as the same byte, when fewer tasks run.
//
// Held tokens are noted in memory that is shared with the fork server, so that the fork server can return the tokens of a
// killed master. A process removes the note before it returns the token:
//
//   the master dies             consequence for the token
//   before it read the byte     it is in the pipe
//   between reading and noting  lost: the only instant at which one is lost; make reports it when it ends
//   while it is noted           the fork server returns it after all workers have exited
//   note removed, not written   lost, never duplicated
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
  /// @param most maximum number of tokens held at the same time
  Tokens(TokenPipe pipe, std::uint32_t most);
  Tokens(const Tokens&) = delete;
  Tokens& operator=(const Tokens&) = delete;
  /// Returns all tokens.
  ~Tokens();

  /// Takes one more token if one is available.
  bool take() noexcept;
  /// Returns all tokens but `count`. Async-signal-safe. The fork server may call it at the same time as the master.
  void keep(std::uint32_t count) noexcept;
  /// Returns all tokens and removes the name of a fifo. Called when the process that created it has exited or is about to.
  void leave() noexcept;

  [[nodiscard]] std::uint32_t count() const noexcept { return notes_->count.load(std::memory_order_relaxed); }
  /// Readable when a token is available; -1: none will ever come.
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
