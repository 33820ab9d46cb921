// See report_part.hpp.
#include "report/report_part.hpp"

#include "event/printable.hpp"
#include "report/verdict.hpp"

#include <exception>

namespace prun::report {

void ReportPart::on_event(const RunEvent& /*the end*/) {
  for (ReportFile& file : *files_) {
    try {
      file.write(*history_);
    } catch (const std::exception& error) {
      err_->write(message_line(error.what()));
      failed_ = true;
    }
  }
}

void AdvicePart::on_event(const RunEvent& /*the end*/) {
  if (const auto line = advice(*history_)) err_->write(message_line(*line));
}

}  // namespace prun::report
