// Starts a Python that runs prun's script, and gives it what it needs: the script's text, the library inside, further descriptors.
// Knows nothing of what is then said over the socket.
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
  bool ready = false;  ///< it has its descriptors; otherwise it has ended, or will
};

/// @param role what the script does: `offer` or `serve`
/// @param fds go to it, after the library
/// @throws std::system_error where the program cannot be run
[[nodiscard]] StartedPython start_python(const PythonOptions& options, const std::string& role,
                                         std::span<const int> fds, std::uint32_t worker);

/// The process has ended, at once or within the time.
[[nodiscard]] bool ends_within(int end_fd, int ms);

}  // namespace prun::python
