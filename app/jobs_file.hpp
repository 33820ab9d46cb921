// The file that --jobs names: it holds the number of workers, and may be written while prun runs.
#pragma once

#include "event/run_part.hpp"
#include "output/output_buffer.hpp"
#include "run/worker_count.hpp"
#include "sys/fd.hpp"

#include <cstdint>
#include <string>

namespace prun::app {

/// Is told by inotify(7) when the file was written, or was replaced by another of its name. Only the thread of the run uses it.
class JobsFile final : public RunPart, public WorkerCount {
 public:
  /// @param workers what the file has held
  /// @param err for messages, must live as long as this object
  JobsFile(std::string path, std::uint32_t workers, std::uint32_t cpu_budget, OutputBuffer& err);

  [[nodiscard]] std::uint32_t workers() const noexcept override { return workers_; }
  [[nodiscard]] std::uint32_t most_workers() const noexcept override { return most_workers_; }

  [[nodiscard]] Wants wants() const noexcept override { return Wants::nothing; }
  void on_event(const RunEvent&) override {}
  [[nodiscard]] int fd() const noexcept override { return watch_.get(); }
  void on_readable() override;

 private:
  void warn(const std::string& text);

  std::string path_;
  std::string name_;  ///< in its folder
  std::uint32_t workers_;
  std::uint32_t most_workers_;
  std::uint32_t cpu_budget_;
  OutputBuffer* err_;
  sys::Fd watch_;
};

}  // namespace prun::app
