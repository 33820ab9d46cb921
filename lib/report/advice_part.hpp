// The line of advice after a run on a terminal.
#pragma once

#include "event/run_part.hpp"
#include "history/history.hpp"
#include "output/output_buffer.hpp"

namespace prun::report {

class AdvicePart final : public RunPart {
 public:
  /// @param history is complete when this part receives RunEnded. Both must outlive it.
  AdvicePart(const history::History& history, OutputBuffer& err) : history_(&history), err_(&err) {}

  [[nodiscard]] Wants wants() const noexcept override { return Wants::end; }
  void on_event(const RunEvent& event) override;

 private:
  const history::History* history_;
  OutputBuffer* err_;
};

}  // namespace prun::report
