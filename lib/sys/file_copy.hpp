// Copies bytes from one descriptor to another, inside the kernel if possible.
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
  /// The bytes never change, so a pipe may refer to them instead of copying.
  bool by_reference = false;
};

/// Reads up to `most` bytes from the start of a part that is not empty. @return their number, at least 1
/// @throws std::system_error if there are none: the file is shorter than the part
[[nodiscard]] std::size_t read_from_file(const FilePart& part, char* bytes, std::size_t most);

/// The last byte of a part; of an empty one a newline. @throws std::system_error if it cannot be read
[[nodiscard]] char last_byte_of(const FilePart& part);

/// Makes one copy from the start of a part that is not empty.
/// @return as write(2): the number of bytes, or -1 and errno @throws std::system_error if the file cannot be read
[[nodiscard]] ssize_t copy_from_file(const FilePart& part, int to);

/// After a copy in the kernel that failed, or found the end of the file: returns true if the bytes should be read and
/// written instead, which works or reports the error.
[[nodiscard]] bool copies_another_way() noexcept;

/// Moves up to `most` bytes from a pipe. Waits if it is empty.
/// @return the number of bytes: 0 at the end of the pipe, -1 and errno if reading or writing fails. EAGAIN: `to` takes no
/// more bytes now.
[[nodiscard]] ssize_t move_from_pipe(int pipe, int to, std::size_t most);

}  // namespace prun::sys
