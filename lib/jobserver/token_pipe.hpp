// The pipe of a jobserver, in which each byte is a token. It is opened again for this process only: the inherited
// descriptors are shared with make and all its children, and stay unchanged (blocking). It does not count tokens.
#pragma once

#include "jobserver/make_flags.hpp"
#include "sys/fd.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prun::jobserver {

/// How the pipe is passed on: as two descriptors, which every make since 4.2 supports, or as a fifo by name, which make
/// since 4.4 and ninja since 1.13 support.
enum class Style : std::uint8_t { pipe, fifo };

class TokenPipe {
 public:
  /// Opens another process's pipe. The error says what is wrong with the address.
  [[nodiscard]] static tl::expected<TokenPipe, std::string> open(const Address& address);
  /// Creates a pipe with `tokens` in it. @throws std::system_error
  [[nodiscard]] static TokenPipe create(unsigned tokens, Style style);

  TokenPipe(TokenPipe&&) noexcept = default;
  TokenPipe& operator=(TokenPipe&&) = delete;
  TokenPipe(const TokenPipe&) = delete;
  /// Removes the name of a fifo that this process created.
  ~TokenPipe();

  /// Takes a token if one is available.
  [[nodiscard]] std::optional<char> take() noexcept;
  /// Returns a token. Async-signal-safe.
  void put(char token) const noexcept;
  /// Removes the name of a fifo that this process created. Async-signal-safe.
  void remove_name() const noexcept;

  /// Readable when a token is available; -1: none will ever come.
  [[nodiscard]] int fd() const noexcept { return read_.get(); }
  /// How other processes find the pipe while this object exists.
  [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
  TokenPipe() = default;

  Address address_;
  std::string made_;            ///< name of a fifo that this process created
  sys::Fd inherited_by_read_;   ///< of a pipe created here: for child processes
  sys::Fd inherited_by_write_;  ///< the same
  sys::Fd read_;                ///< not blocking, not inherited by programs
  sys::Fd write_;
};

}  // namespace prun::jobserver
