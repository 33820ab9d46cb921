// Prints a test report in the form that CI services read: JUnit's XML, a test case for each task. It is written as tasks end, so it
// has no counts at its beginning; readers count the cases.
//
// A character that XML does not allow, and a byte that is not UTF-8, becomes U+FFFD.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"
#include "output/output_buffer.hpp"

#include <string>
#include <string_view>

namespace prun {

class JunitOutput final : public Listener {
 public:
  /// @param files the outputs that were too large for memory; null: there are none
  JunitOutput(OutputBuffer& out, command::SpilledFiles* files) : out_(out), files_(files) {}

  void on_task(const TaskEvent& event) override;
  void on_end() override;

 private:
  void begin();
  void append_failure(std::string& text, const TaskEvent& event) const;
  void append_output(std::string& text, std::string_view element, const command::CommandResult::Output& output);

  OutputBuffer& out_;
  command::SpilledFiles* files_;
  bool begun_ = false;
  std::string scratch_;
};

/// Appends text that XML can hold, as the content of an element or of an attribute.
void append_xml(std::string& to, std::string_view text);

}  // namespace prun
