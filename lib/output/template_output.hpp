// Prints lines according to the user's template (format_template.hpp). Values are not quoted: a string result with a line
// break breaks the line, because a template is often used to get exactly that string.
//
// A template with {error} or {kind} also prints failed tasks. Otherwise failures go to standard error as in the text format,
// and the template prints a failed task only if it is a command with some output, as {result}.
#pragma once

#include "event/task_event.hpp"
#include "output/failure_line.hpp"
#include "output/format_template.hpp"
#include "output/line_time.hpp"
#include "output/output_buffer.hpp"
#include "output/output_options.hpp"
#include "output/time_text.hpp"

#include <string>

namespace prun {

class TemplateOutput final : public Listener {
 public:
  TemplateOutput(FormatTemplate format, const OutputOptions& options, OutputBuffer& out, OutputBuffer& err);

  void on_task(const TaskEvent& event) override;

 private:
  void write_line(const TaskEvent& event);
  void append_placeholder(std::string& line, const Placeholder& placeholder, const TaskEvent& event);
  void append_field(std::string& line, const Placeholder& placeholder, const TaskEvent& event);

  FormatTemplate format_;
  bool shows_failures_;
  bool shows_results_;
  FailureLines failures_;
  UtcTime started_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  LineTime time_;
};

}  // namespace prun
