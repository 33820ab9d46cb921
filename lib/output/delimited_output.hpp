// Prints every task, failed ones too, as a row of a table for other programs, after a header row:
// index,id,function,args,result,error,started,duration,worker,attempt.
//
// CSV is RFC 4180: lines end in CR LF, and a field with a comma, a quote or a line break is quoted. TSV is IANA's
// text/tab-separated-values, which forbids tabs and line breaks in a field: they become \t, \n, \r, and a backslash \\.
// Arguments are a JSON array, or {"args":[...],"kwargs":{...}} with keyword arguments. A result or an id that is a string
// is not quoted as JSON; others are JSON. The result of a command is its output, also if it failed. Unknown fields are
// empty.
#pragma once

#include "event/task_event.hpp"
#include "output/delimited_fields.hpp"
#include "output/output_buffer.hpp"
#include "output/time_text.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun {

class DelimitedOutput final : public Listener {
 public:
  DelimitedOutput(Dialect dialect, OutputBuffer& out);

  void on_task(const TaskEvent& event) override;
  void on_end() override;

 private:
  void write_names();
  void append_field(std::string& row, std::string_view field) const;
  void append_field_of(std::string& row, std::string_view value);
  void append_arguments(std::string& row, const TaskEvent& event);
  void append_times(std::string& row, const TaskEvent& event);

  Dialect dialect_;
  char separator_;
  bool named_ = false;   ///< the header row has been printed
  std::string scratch_;  ///< a field before it is quoted
  UtcTime time_;
  OutputBuffer& out_;
};

}  // namespace prun
