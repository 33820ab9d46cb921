// Prints lines for people. A table shows the time of day, the input and the result; calls look like `fib(8) = 34`.
//
// A table right-aligns a single scalar argument to width 3 and its result to width 10. Several arguments, or one array or
// object, take as much space as they need: `12:10:27.295612 (0, 0) 1`. In the style `pairs`, if a result is an array of two
// elements and the first equals the input, only the second is shown, because the line shows the input already. So functions
// that return (input, output) for imap_unordered print the usual lines.
#pragma once

#include "event/task_event.hpp"
#include "output/failure_line.hpp"
#include "output/line_time.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"
#include "output/raw_output.hpp"

#include <string>
#include <string_view>

namespace prun {

class TextOutput final : public Listener {
 public:
  TextOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err,
             command::SpilledFiles* files = nullptr);

  void on_task(const TaskEvent& event) override;

 private:
  void append_table_line(std::string& line, const TaskEvent& event);

  TextStyle style_;
  FailureLines failures_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  LineTime time_;
  RawOutput commands_;  ///< prints the results of commands
};

}  // namespace prun
