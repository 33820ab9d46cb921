#include "trace/trace_part.hpp"

#include "event/printable.hpp"

#include <exception>

namespace prun::trace {

void TracePart::on_event(const RunEvent& /*the end*/) {
  for (TraceFile& file : *files_) {
    try {
      file.write(*history_);
    } catch (const std::exception& error) {
      err_->write(message_line(error.what()));
      failed_ = true;
    }
  }
}

}  // namespace prun::trace
