// `--trace`: writes the record of the run as a trace, once the run has ended.
#pragma once

#include "event/run_part.hpp"
#include "history/history.hpp"
#include "output/output_buffer.hpp"
#include "trace/trace_file.hpp"

#include <vector>

namespace prun::trace {

class TracePart final : public RunPart {
 public:
  /// @param history is complete when this part hears of the run's end @param err for errors. All must outlive it.
  TracePart(const history::History& history, std::vector<TraceFile>& files, OutputBuffer& err)
      : history_(&history), files_(&files), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::end; }
  void on_event(const RunEvent& event) override;
  /// A file could not be written. The reason was printed.
  [[nodiscard]] bool failed() const noexcept override { return failed_; }

 private:
  const history::History* history_;
  std::vector<TraceFile>* files_;
  OutputBuffer* err_;
  bool failed_ = false;
};

}  // namespace prun::trace
