// A jobserver's pipe, of which each byte is a token, opened for this process alone: the descriptors that it came as are shared
// with make and all that make has started, and stay as they are (blocking). Counts nothing.
#pragma once

#include "jobserver/make_flags.hpp"
#include "sys/fd.hpp"

#include <tl/expected.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace prun::jobserver {

/// How a pipe is passed on: as two descriptors, which every make since 4.2 understands, or by its name, which make since 4.4
/// and ninja since 1.13 do.
enum class Style : std::uint8_t { pipe, fifo };

class TokenPipe {
 public:
  /// Another's. The error says what is wrong with the address.
  [[nodiscard]] static tl::expected<TokenPipe, std::string> open(const Address& address);
  /// A new one, with `tokens` in it. @throws std::system_error
  [[nodiscard]] static TokenPipe create(unsigned tokens, Style style);

  TokenPipe(TokenPipe&&) noexcept = default;
  TokenPipe& operator=(TokenPipe&&) = delete;
  TokenPipe(const TokenPipe&) = delete;
  /// Removes the name of a fifo that was made here.
  ~TokenPipe();

  /// Takes a token, if there is one now.
  [[nodiscard]] std::optional<char> take() noexcept;
  /// Gives one back. Async-signal-safe.
  void put(char token) const noexcept;
  /// Removes the name of a fifo that was made here: nobody is left to open it. Async-signal-safe.
  void remove_name() const noexcept;

  /// Readable when there is a token, for whoever is first; -1: none will ever come.
  [[nodiscard]] int fd() const noexcept { return read_.get(); }
  /// How others find it, as long as this lives.
  [[nodiscard]] const Address& address() const noexcept { return address_; }

 private:
  TokenPipe() = default;

  Address address_;
  std::string made_;            ///< the name of a fifo that was made here
  sys::Fd inherited_by_read_;   ///< of a pipe that was made here: for those who are started
  sys::Fd inherited_by_write_;  ///< the same
  sys::Fd read_;                ///< not blocking, not inherited by programs
  sys::Fd write_;
};

}  // namespace prun::jobserver
