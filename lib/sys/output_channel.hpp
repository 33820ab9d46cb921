// Writes to an output only what it takes at once, so that a slow reader stops nobody. The open file is shared with other programs
// and is therefore never made non-blocking. It keeps nothing: what was not taken is the caller's to offer again.
#pragma once

#include "sys/fd.hpp"
#include "sys/file_copy.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string_view>

namespace prun::sys {

class OutputChannel {
 public:
  enum class Wait : std::uint8_t { never, as_needed };

  /// @param fd stays the caller's, and open as long as this object lives
  OutputChannel(int fd, Wait wait) noexcept;

  /// As write(2): how many bytes were taken, or -1 and errno. EAGAIN: the output takes none now.
  [[nodiscard]] ssize_t write(std::string_view bytes) const noexcept;
  /// The same for part of a file, which is never empty. @throws std::system_error where the file cannot be read
  [[nodiscard]] ssize_t copy(const FilePart& part) const;

  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  enum class Way : std::uint8_t {
    plain,        ///< write(2): a file or a device takes everything, or waiting is wanted
    socket,       ///< send(2) can be told not to wait
    own,          ///< by an open file of this object's own, which is non-blocking
    small_steps,  ///< what a pipe surely takes when poll(2) says that it is writable
  };
  [[nodiscard]] ssize_t splice_from(const FilePart& part) const noexcept;

  int fd_;
  Way way_ = Way::plain;
  bool pipe_ = false;
  Fd own_;
};

}  // namespace prun::sys
