// A Python process that belongs to one worker: makes calls for it, and takes its place at the rings. Started once, serves many
// calls, and shares its worker's fate: where the worker is a process, each ends as the other does.
#pragma once

#include "command/child_process.hpp"
#include "python/channel.hpp"
#include "worker/worker_loop.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::python {

/// The words that run worker.py in `python`; they are followed by its own. Its text goes to standard input first.
/// @param quickly without site-packages, which `describe` sets up where they are needed
[[nodiscard]] std::vector<std::string> script_words(const std::string& python, bool quickly);

/// What the process may do besides answering calls.
struct Place {
  int memory = -1;    ///< of the rings; -1: none
  int event_fd = -1;  ///< to ring the master with
  std::uint32_t worker = 0;
  bool same_fate = false;  ///< the worker is a process: it ends as its Python process does
};

class PythonProcess final : public worker::Partner {
 public:
  /// @throws TaskError where it cannot be started
  PythonProcess(const std::string& python, const Place& place);
  PythonProcess(const PythonProcess&) = delete;
  PythonProcess& operator=(const PythonProcess&) = delete;
  /// Lets it leave, for a second.
  ~PythonProcess();

  /// Appends the result. @throws TaskError; with `lost()` where the process has died
  void call(std::string_view name, std::string_view args, std::string_view kwargs, std::string& result);
  [[nodiscard]] bool lost() const noexcept { return lost_; }

  [[nodiscard]] worker::Baton take_over(const worker::Baton& baton) override;

 private:
  [[nodiscard]] MessageKind answer(std::string& bytes);
  [[noreturn]] void on_end(bool in_call = true);

  std::string python_;
  Place place_;
  std::optional<Channel> channel_;
  std::optional<command::ChildProcess> child_;
  bool lost_ = false;
};

}  // namespace prun::python
