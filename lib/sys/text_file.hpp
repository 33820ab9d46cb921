// Reads a small file that a person has written: options, names of hosts, a number.
#pragma once

#include <cstddef>
#include <string>

namespace prun::sys {

/// The content of the file. It does not wait for a writer: a FIFO that nobody has opened for writing is empty.
/// @throws std::system_error; std::errc::file_too_large if it has more than `most` bytes
[[nodiscard]] std::string read_text_file(const std::string& path, std::size_t most);

}  // namespace prun::sys
