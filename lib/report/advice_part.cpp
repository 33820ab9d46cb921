#include "report/advice_part.hpp"

#include "event/printable.hpp"
#include "report/verdict.hpp"

namespace prun::report {

void AdvicePart::on_event(const RunEvent& /*the end*/) {
  if (const auto line = advice(*history_)) err_->write_line(message_line(*line));
}

}  // namespace prun::report
