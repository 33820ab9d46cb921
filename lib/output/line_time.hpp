// The time of day on a line. Lines that are written together have the time of the first one, so the clock is read and
// formatted only once for all of them.
#pragma once

#include "output/output_buffer.hpp"
#include "output/output_options.hpp"
#include "output/time_text.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace prun {

class LineTime {
 public:
  /// @param out the buffer for the lines; must outlive this object
  LineTime(Clock clock, const OutputBuffer& out) : clock_(std::move(clock)), out_(&out) {}

  /// Valid until the next call.
  [[nodiscard]] std::string_view text() {
    if (batch_ != out_->batch()) {
      batch_ = out_->batch();
      text_ = time_of_day_.text(clock_());
    }
    return text_;
  }

 private:
  Clock clock_;
  const OutputBuffer* out_;
  TimeOfDay time_of_day_;
  std::string_view text_;
  std::uint64_t batch_ = 0;  ///< the first batch of a buffer is 1
};

}  // namespace prun
