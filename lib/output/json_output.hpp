// Prints every task, failed ones too, as a JSON object: one per line, or as the elements of one array, which is printed
// incrementally. The array is complete even if there was no task or the run was interrupted.
//
//   {"v":1,"index":0,"id":"a","function":"fib","args":[8],"kwargs":{},"result":34,"started":"2026-01-31T17:33:51.401014Z",
//    "duration":0.000001,"worker":123,"attempt":1}
//
// `id` and `kwargs` are present only if the task has them. `started`, `duration` and `worker` are null if it never ran. A
// failed task has an `error` in place of `result`: {"kind":"lost_signal","type":"WorkerLostError","message":"...",
// "where":"...","signal":9,"signal_name":"SIGKILL","exit_status":3,"pid":123}. From `where` on only known members are
// present.
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

  // Most lines share these with the previous line.
  std::string function_;
  std::string function_text_;  ///< `,"function":"fib","args":`
  int worker_ = -1;
  std::uint32_t attempt_ = 0;
  std::string worker_text_;  ///< `,"worker":123,"attempt":1}`
};

}  // namespace prun
