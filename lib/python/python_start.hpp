// Starts a Python that runs prun's script, and sends it what it needs: the text of the script, the library inside, further
// descriptors. It does not know the later messages on the socket.
#pragma once

#include "command/child_process.hpp"
#include "python/python_options.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace prun::python {

struct StartedPython {
  std::unique_ptr<command::ChildProcess> child;
  sys::Fd socket;
  bool ready = false;  ///< it has its descriptors; otherwise it has exited or will exit
};

/// @param role role of the script: `offer` or `serve`
/// @param fds sent after the library
/// @throws std::system_error if the program cannot be run
[[nodiscard]] StartedPython start_python(const PythonOptions& options, const std::string& role,
                                         std::span<const int> fds, std::uint32_t worker);

/// Returns true if the process has exited, now or within the time.
[[nodiscard]] bool ends_within(int end_fd, int ms);

}  // namespace prun::python
