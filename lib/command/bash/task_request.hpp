// The messages between a worker and the bash that it keeps. Both are of one build.
#pragma once

#include <cstdint>

namespace prun::command {

/// Sent with these files. `setup_size` bytes follow, the shell commands that give a task its environment and parameters, and
/// `script_size` bytes, its script. A NUL ends each.
struct TaskRequest {
  enum File : std::uint8_t { in, out, err, gate, files };
  std::uint32_t setup_size = 0;
  std::uint32_t script_size = 0;
};

struct TaskReply {
  std::int32_t pid = 0;  ///< negative: there is none, and why (-errno)
};

}  // namespace prun::command
