// How many commands `prun xargs` runs at a time. SIGUSR1 adds one, SIGUSR2 takes one away. It does not know the commands.
#pragma once

#include "event/run_part.hpp"
#include "run/worker_count.hpp"
#include "sys/fd.hpp"

#include <array>
#include <csignal>
#include <cstdint>

namespace prun::app {

/// A part of the run: it takes over the signals after the run has installed its own handlers, and gives them back before the run
/// removes these. At most one object at a time.
class XargsJobs final : public RunPart, public WorkerCount {
 public:
  explicit XargsJobs(unsigned jobs);
  ~XargsJobs() override;
  XargsJobs(const XargsJobs&) = delete;
  XargsJobs& operator=(const XargsJobs&) = delete;

  [[nodiscard]] std::uint32_t workers() const noexcept override;
  [[nodiscard]] std::uint32_t most_workers() const noexcept override;

  /// Readable after a change of the number and after `wake`, until `note_changes`.
  [[nodiscard]] int change_fd() const noexcept { return change_.get(); }
  void wake() noexcept;
  void note_changes() noexcept;

  [[nodiscard]] Wants wants() const noexcept override { return Wants::nothing; }
  void on_event(const RunEvent& /*event*/) override {}
  void start(const RunView& view) override;
  void finish() override;

 private:
  static constexpr std::array handled{SIGUSR1, SIGUSR2};

  sys::Fd change_;
  bool started_ = false;
  std::array<struct sigaction, handled.size()> previous_{};
};

}  // namespace prun::app
