// A Python process that belongs to one worker, makes its calls, and takes its place at the rings. It is started once and
// serves many calls. If the worker is a process, each of the two exits when the other does.
#pragma once

#include "python/channel.hpp"
#include "python/companion.hpp"
#include "python/python_options.hpp"
#include "worker/worker_loop.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace prun::python {

class PythonProcess final : public worker::Partner {
 public:
  /// @throws TaskError if it cannot be started
  /// @param requests where to request a fork (python_server.hpp); -1: nowhere
  PythonProcess(const PythonOptions& options, int requests, const Place& place);
  PythonProcess(const PythonProcess&) = delete;
  PythonProcess& operator=(const PythonProcess&) = delete;
  /// Waits up to one second for it to exit.
  ~PythonProcess();

  /// Appends the result. @throws TaskError; with `lost()` if the process has died
  void call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result);
  [[nodiscard]] bool lost() const noexcept { return lost_; }

  [[nodiscard]] worker::Baton take_over(const worker::Baton& baton) override;

 private:
  [[nodiscard]] bool start(const PythonOptions& options);
  [[nodiscard]] MessageKind answer(std::string& bytes);
  [[noreturn]] void on_end(bool in_call = true);

  std::string python_;
  Place place_;
  std::optional<Channel> channel_;
  std::unique_ptr<Companion> companion_;
  bool lost_ = false;
};

}  // namespace prun::python
