// `--memsuspend`: stops commands while memory is short, and continues them afterwards. It stops the most recently started command
// first, one every half second. One command always runs. It reads the state of the run and /proc. It does not know tasks or the calls
// of workers.
#pragma once

#include "event/run_part.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace prun {

/// The conditions under which memory is short.
struct SuspensionLimit {
  double pressure = 0;           ///< percent of the last ten seconds in which a process waited for memory; 0: no limit
  std::uint64_t free_bytes = 0;  ///< memory is short if fewer bytes are available; 0: no limit
};

class MemorySuspension final : public RunPart {
 public:
  static constexpr std::chrono::milliseconds interval{500};

  /// @param root prefix of the paths that are read: "" for the machine itself
  explicit MemorySuspension(const SuspensionLimit& limit, std::string root = "");

  [[nodiscard]] Wants wants() const noexcept override { return Wants::nothing; }
  void on_event(const RunEvent&) override {}
  void start(const RunView& view) override { view_ = &view; }
  [[nodiscard]] std::optional<Clock::time_point> next_time() const override { return next_; }
  void on_time() override;
  void before_end() override { continue_all(); }
  void finish() override { continue_all(); }

 private:
  enum class Memory : std::uint8_t { ample, scarce, short_of };
  /// Commands of a call that are stopped.
  struct Stopped {
    std::uint64_t index = 0;
    std::vector<pid_t> processes;
  };

  [[nodiscard]] Memory look() const;
  void stop_youngest();
  void continue_last();
  void continue_all();
  void forget_ended();
  [[nodiscard]] bool is_stopped(std::uint64_t index) const noexcept;

  SuspensionLimit limit_;
  std::string root_;
  const RunView* view_ = nullptr;
  Clock::time_point next_ = Clock::now() + interval;
  std::vector<Stopped> stopped_;  ///< the last one was stopped last
};

}  // namespace prun
