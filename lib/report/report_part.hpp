// `--report`, and the line of advice after a run on a terminal: what is made of the record once the run has ended.
#pragma once

#include "event/run_part.hpp"
#include "history/history.hpp"
#include "output/output_buffer.hpp"
#include "report/report_file.hpp"

#include <vector>

namespace prun::report {

class ReportPart final : public RunPart {
 public:
  /// @param history is complete when this part hears of the run's end @param err for errors. All must outlive it.
  ReportPart(const history::History& history, std::vector<ReportFile>& files, OutputBuffer& err)
      : history_(&history), files_(&files), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::end; }
  void on_event(const RunEvent& event) override;
  /// A file could not be written. The reason was printed.
  [[nodiscard]] bool failed() const noexcept override { return failed_; }

 private:
  const history::History* history_;
  std::vector<ReportFile>* files_;
  OutputBuffer* err_;
  bool failed_ = false;
};

class AdvicePart final : public RunPart {
 public:
  AdvicePart(const history::History& history, OutputBuffer& err) : history_(&history), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::end; }
  void on_event(const RunEvent& event) override;

 private:
  const history::History* history_;
  OutputBuffer* err_;
};

}  // namespace prun::report
