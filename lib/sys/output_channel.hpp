// Writes to an output only as much as it accepts immediately, so that a slow reader blocks nothing. Other programs share the
// open file, so it is never made non-blocking. It has no buffer: the caller offers the remaining bytes again.
#pragma once

#include "sys/fd.hpp"
#include "sys/file_copy.hpp"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace prun::sys {

class OutputChannel {
 public:
  enum class Wait : std::uint8_t { never, as_needed };

  /// @param fd belongs to the caller and must stay open as long as this object lives
  OutputChannel(int fd, Wait wait) noexcept;

  /// Like write(2): the number of bytes, or -1 and errno. EAGAIN: the output accepts none now.
  [[nodiscard]] ssize_t write(std::string_view bytes) const noexcept;
  /// The same for a part of a file that is not empty. @throws std::system_error if the file cannot be read
  [[nodiscard]] ssize_t copy(const FilePart& part) const;

  /// Moves up to `most` bytes that a pipe has now inside the kernel. Like write(2). EINVAL: it has to be copied.
  [[nodiscard]] ssize_t move(int pipe, std::size_t most) const noexcept;

  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  enum class Way : std::uint8_t {
    plain,        ///< write(2): a file or a device accepts everything, or waiting is wanted
    socket,       ///< send(2) with a flag not to wait
    own,          ///< a new open file of this object, which is non-blocking
    small_steps,  ///< as much as a pipe surely accepts when poll(2) reports it as writable
  };
  [[nodiscard]] ssize_t splice_from(const FilePart& part) const noexcept;

  int fd_;
  Way way_ = Way::plain;
  bool pipe_ = false;
  Fd own_;
};

}  // namespace prun::sys
