// Bytes from one descriptor to another, within the kernel where it can.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace prun::sys {

/// Copies up to `most` bytes of a file from `offset` on, once.
/// @return as write(2): how many bytes were taken, or -1 and errno; 0 where the file has no more
[[nodiscard]] ssize_t copy_from_file(int file, off_t offset, int to, std::size_t most);

/// Moves up to `most` bytes that a pipe has now; waits where it has none.
/// @return how many were moved: 0 at the pipe's end, -1 and errno where reading or writing fails. EAGAIN: `to` does not take
/// more now.
[[nodiscard]] ssize_t move_from_pipe(int pipe, int to, std::size_t most);

}  // namespace prun::sys
