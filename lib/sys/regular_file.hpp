// Opens a file whose name comes from a user or from another machine.
#pragma once

#include "sys/fd.hpp"

#include <cstdint>
#include <string>

namespace prun::sys {

struct RegularFile {
  Fd file;                 ///< for reading
  std::uint32_t mode = 0;  ///< its permissions
  std::string problem;     ///< why there is none, such as "No such file or directory"; empty: it is open
};

/// Never waits, as open(2) does for the writer of a FIFO.
[[nodiscard]] RegularFile open_regular_file(const std::string& path);

}  // namespace prun::sys
