// The lines for people. A table shows the time of day, the input and the result; calls show `fib(8) = 34`.
//
// In a table one scalar argument stands right-aligned to width 3 and its result to width 10; several arguments, or one
// that is an array or an object, take the room they need: `12:10:27.295612 (0, 0) 1`. In the style `pairs` a result
// that is an array of two, the first equal to the input, shows the second alone, for the input stands on the line
// already: a function that returns (input, output) for imap_unordered prints lines like any other.
#pragma once

#include "event/task_event.hpp"
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
  bool quiet_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  LineTime time_;
  RawOutput commands_;  ///< whose results are what they wrote
};

}  // namespace prun
