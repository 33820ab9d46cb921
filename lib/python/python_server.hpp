// The Python process that imports the modules of a run, once. It lists their functions and forks workers' Python processes
// (inside/fork_server.hpp). If a module has started threads, it cannot fork, and workers start their own Pythons.
#pragma once

#include "command/child_process.hpp"
#include "python/python_options.hpp"
#include "sys/fd.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace prun::python {

class PythonServer {
 public:
  /// @param requests where workers' requests arrive
  /// @throws std::system_error if it cannot be started
  PythonServer(const PythonOptions& options, sys::Fd requests);
  PythonServer(const PythonServer&) = delete;
  PythonServer& operator=(const PythonServer&) = delete;
  /// Waits up to one second for it to exit.
  ~PythonServer();

  /// Returns the functions of a file or module, or the one at `path`, as a hello (serving/hello.hpp).
  /// @throws TaskError if the process ends meanwhile
  [[nodiscard]] std::string describe(const std::string& target, const std::string& path);

 private:
  [[nodiscard]] std::string next_line();
  [[noreturn]] void throw_end();

  std::string python_;
  sys::Fd socket_;
  std::unique_ptr<command::ChildProcess> child_;
  std::string received_;
};

}  // namespace prun::python
