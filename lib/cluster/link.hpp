// The launcher of one agent: a process of this machine whose standard streams are those of the agent. It does not know frames'
// meaning or nodes.
#pragma once

#include "cluster/outlet.hpp"
#include "command/child_process.hpp"
#include "sys/fd.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prun::cluster {

class Link {
 public:
  /// Starts the launcher. The kernel kills it when this thread exits. @throws std::system_error
  explicit Link(const std::vector<std::string>& words);
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  /// Kills the launcher and its process group.
  ~Link();

  [[nodiscard]] const std::shared_ptr<Outlet>& outlet() const noexcept { return outlet_; }
  [[nodiscard]] int out_fd() const noexcept { return out_.get(); }
  [[nodiscard]] int err_fd() const noexcept { return err_.get(); }

  /// What reading has brought.
  enum class Got : std::uint8_t { bytes, nothing, end };
  /// Reads a block of standard output into `bytes`, replacing them.
  Got read_out(std::string& bytes) const;
  Got read_err(std::string& bytes) const;
  void close_err() noexcept { err_.reset(); }

  /// Its end as a text, "exited with status 255", once it has ended; waits for that as long as `limit`.
  [[nodiscard]] std::optional<std::string> ending(std::chrono::milliseconds limit);
  /// Has it end: it sees the end of its input, and SIGTERM.
  void ask_to_end();
  /// Waits for its end.
  [[nodiscard]] bool ends_within(std::chrono::milliseconds limit) const;

 private:
  struct Pipe {
    sys::Fd read;
    sys::Fd write;
    Pipe();
  };
  [[nodiscard]] static Got read_from(int fd, std::string& bytes);

  std::shared_ptr<Outlet> outlet_;
  sys::Fd out_;
  sys::Fd err_;
  std::optional<command::ChildProcess> child_;
  pid_t pid_ = -1;
};

}  // namespace prun::cluster
