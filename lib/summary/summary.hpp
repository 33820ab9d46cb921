// `--summary`: prints a few lines to standard error when a run has ended: counts, wall time, CPU time, utilisation of the
// workers, and the slowest task. It observes the events of the run and knows no other part.
#pragma once

#include "event/run_part.hpp"
#include "output/output_buffer.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace prun {

class Summary final : public RunPart {
 public:
  /// @param workers maximum number of workers @param err the buffer for the lines; must outlive this object
  Summary(unsigned workers, OutputBuffer& err);

  [[nodiscard]] Wants wants() const noexcept override { return Wants::outcomes | Wants::end | Wants::times; }
  void on_event(const RunEvent& event) override;

 private:
  void on(const AttemptEnded& attempt);
  void on(const RunEnded& end);

  unsigned workers_;
  OutputBuffer* err_;
  Clock::time_point begun_ = Clock::now();
  std::chrono::microseconds cpu_before_;
  std::uint64_t attempts_ = 0;
  std::uint64_t retries_ = 0;
  std::uint64_t recalled_ = 0;
  std::chrono::nanoseconds busy_{0};
  std::chrono::nanoseconds slowest_{-1};
  std::uint64_t slowest_index_ = 0;
  std::string slowest_call_;
};

}  // namespace prun
