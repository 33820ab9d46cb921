// Every task as a JSON object, failed ones too: one a line, or all as the elements of one array that is written as they
// come, never collected. The array is whole also where there was no task, or the run was interrupted.
//
//   {"index":0,"id":"a","function":"fib","args":[8],"kwargs":{},"result":34,"started":"2026-01-31T17:33:51.401014Z",
//    "duration":0.000001,"worker":123,"attempt":1}
//
// `id` and `kwargs` stand there only where the task has them; `started`, `duration` and `worker` are null where it
// never ran. A failure has, in place of `result`, an `error`:
// {"kind":"lost_signal","type":"WorkerLostError","message":"...",
// "where":"...","signal":9,"signal_name":"SIGKILL","exit_status":3,"pid":123}, from `where` on only what is known.
#pragma once

#include "event/task_event.hpp"
#include "output/output_buffer.hpp"
#include "output/time_text.hpp"

#include <cstdint>
#include <string>

namespace prun {

class JsonOutput final : public Listener {
 public:
  enum class Frame : std::uint8_t { lines, array };

  JsonOutput(Frame frame, OutputBuffer& out);

  void on_task(const TaskEvent& event) override;
  void on_end() override;

 private:
  void append_object(std::string& line, const TaskEvent& event);
  void append_what(std::string& line, const TaskEvent& event);
  void append_who(std::string& line, const TaskEvent& event);

  Frame frame_;
  bool first_ = true;
  UtcTime time_;
  OutputBuffer& out_;

  // Most lines share these with a line before.
  std::string function_;
  std::string function_text_;  ///< `,"function":"fib","args":`
  int worker_ = -1;
  std::uint32_t attempt_ = 0;
  std::string worker_text_;  ///< `,"worker":123,"attempt":1}`
};

}  // namespace prun
