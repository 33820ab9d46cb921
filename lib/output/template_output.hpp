// Lines as the user's template has them (format_template.hpp). Values stand in them as they are: a string result with a
// line break breaks the line, for a template is often there to get at just that string.
//
// A failed task goes through a template that has {error} or {kind}; otherwise standard error tells of it as in text, and the
// template shows it only where it was a command that left what it had written, as {result}.
#pragma once

#include "event/task_event.hpp"
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
  bool quiet_;
  UtcTime started_;
  OutputBuffer& out_;
  OutputBuffer& err_;
  LineTime time_;
};

}  // namespace prun
