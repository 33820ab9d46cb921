// Bytes from one descriptor to another, within the kernel where it can.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace prun::sys {

/// `size` bytes of a file from `offset` on.
struct FilePart {
  int fd = -1;
  off_t offset = 0;
  std::uint64_t size = 0;
  /// Nobody changes these bytes, ever: a pipe may refer to them instead of having a copy.
  bool by_reference = false;
};

/// Reads up to `most` bytes from the beginning of a part that is not empty. @return how many, at least 1
/// @throws std::system_error where there are none: a part ends before the end of its file
[[nodiscard]] std::size_t read_from_file(const FilePart& part, char* bytes, std::size_t most);

/// Copies from the beginning of a part that is not empty, once.
/// @return as write(2): how many bytes were taken, or -1 and errno @throws std::system_error where the file cannot be read
[[nodiscard]] ssize_t copy_from_file(const FilePart& part, int to);

/// After a copy within the kernel that failed, or found the end of the file: the bytes are to be read and written instead, which
/// works, or says what is wrong.
[[nodiscard]] bool copies_another_way() noexcept;

/// Moves up to `most` bytes that a pipe has now; waits where it has none.
/// @return how many were moved: 0 at the pipe's end, -1 and errno where reading or writing fails. EAGAIN: `to` does not take
/// more now.
[[nodiscard]] ssize_t move_from_pipe(int pipe, int to, std::size_t most);

}  // namespace prun::sys
