// The time of day on a line. Lines that are written together have the same time, that of the first of them: the clock is read, and
// its text made, once for all of them.
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
  /// @param out where the lines go; must outlive it
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
  std::uint64_t batch_ = 0;  ///< a buffer's first is 1
};

}  // namespace prun
