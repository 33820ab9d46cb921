// A listener that writes each task to the log; see task_log.hpp.
#include "task_log.hpp"

#include "event/describe.hpp"
#include "wire/json.hpp"

#include <chrono>

namespace prun::app {
namespace {

/// `fib [8]`, with keyword arguments where there are any.
std::string name_of_task(const TaskEvent& event) {
  std::string name = fmt::format("task {}, {} ", event.index, event.function);
  wire::append_json(name, event.args);
  if (!event.kwargs.empty()) wire::append_json(name, event.kwargs);
  return name;
}

}  // namespace

void TaskLog::on_task(const TaskEvent& event) {
  output_->on_task(event);
  if (event.failure != nullptr) {
    log_->write_to_file(LogLevel::warn, fmt::format("{}: {}", name_of_task(event), describe(*event.failure)));
  } else if (log_->wants(LogLevel::debug)) {
    const double seconds = std::chrono::duration<double>(event.duration).count();
    log_->write(LogLevel::debug, "{}: succeeded after {:.6f} s in worker {}, attempt {}", name_of_task(event), seconds,
                event.worker, event.attempt);
  }
}

}  // namespace prun::app
