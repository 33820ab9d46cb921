// See end_commands.hpp.
#include "end_commands.hpp"

#include "exit_status.hpp"

#include "command/command_function.hpp"
#include "command/run_ending.hpp"
#include "event/describe.hpp"
#include "function/registry.hpp"
#include "input/task_source.hpp"
#include "output/output_buffer.hpp"
#include "wire/value.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <exception>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::app {
namespace {

/// One call without arguments.
class OneCall final : public TaskSource {
 public:
  explicit OneCall(const Function& function) : function_(&function) {}
  Pull next(Task& task) override {
    if (function_ == nullptr) return Pull::end;
    task = Task{std::exchange(function_, nullptr), {}, {}, {}, {}};
    wire::ValueWriter(task.args).array(0);
    return Pull::task;
  }
  [[nodiscard]] std::optional<std::uint64_t> remaining() const override { return function_ == nullptr ? 0 : 1; }
  [[nodiscard]] const InputError& error() const override { return none_; }

 private:
  const Function* function_;
  InputError none_;
};

class LastFailure final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    if (event.failure != nullptr) text_ = describe(*event.failure, event.attempt);
  }
  [[nodiscard]] const std::optional<std::string>& text() const noexcept { return text_; }

 private:
  std::optional<std::string> text_;
};

void surround(command::CommandSurroundings& surroundings, const RunReport& report, int status) {
  surroundings.streams = command::Streams::passed;
  surroundings.stopping.ending = std::make_unique<command::RunEnding>();
  surroundings.environment = {{"PRUN_STATUS", std::to_string(status)},
                              {"PRUN_SUCCEEDED", std::to_string(report.succeeded)},
                              {"PRUN_FAILED", std::to_string(report.failed)},
                              {"PRUN_NOT_RUN", std::to_string(report.not_run + report.interrupted)}};
}

/// As a run of one command: whatever ends prun ends the script and what it has started.
EndCommandsResult run_script(std::string_view option, const std::string& script, const RunReport& report, int status) {
  const int failed_status = status == all_succeeded ? prun_failed : status;
  try {
    command::CommandSurroundings surroundings;
    surround(surroundings, report, status);
    auto parsed = command::CommandTemplate::of_plain_words({"/bin/sh", "-c", "--", script}, {});
    const command::TemplateCommand command(script, std::move(parsed), surroundings, false);
    OneCall source(command);
    Registry registry;
    LastFailure failure;
    OutputBuffer out(STDOUT_FILENO, "standard output");
    OutputBuffer err(STDERR_FILENO, "standard error");
    RunOptions options;
    options.mode = Mode::apply;
    options.ending = surroundings.stopping.ending.get();
    options.spilled = &surroundings.spilled;
    const RunReport ended = run(options, registry, source, failure, out, err);
    if (ended.interrupted_by_signal != 0)
      return {fmt::format("the command of {} was interrupted", option), interrupted_by(ended.interrupted_by_signal),
              true};
    if (!failure.text()) return {std::nullopt, status};
    return {fmt::format("the command of {} failed: {}", option, *failure.text()), failed_status};
  } catch (const std::exception& error) {
    return {fmt::format("the command of {} cannot be run: {}", option, error.what()), failed_status};
  }
}

}  // namespace

EndCommandsResult run_end_commands(const EndCommands& commands, const RunReport& report, int status) {
  EndCommandsResult result{std::nullopt, status};
  if (commands.on_fail && status != all_succeeded) {
    result = run_script("--on-fail", *commands.on_fail, report, status);
    if (result.interrupted) return result;
  }
  if (!commands.on_end) return result;
  EndCommandsResult other = run_script("--on-end", *commands.on_end, report, status);
  if (result.problem) other.problem = *result.problem + (other.problem ? "; " + *other.problem : "");
  return other;
}

}  // namespace prun::app
