// See command_table.hpp.
#include "output/command_table.hpp"

#include "command/command_function.hpp"
#include "event/describe.hpp"
#include "output/number_text.hpp"
#include "sys/file_copy.hpp"

#include <algorithm>
#include <array>

namespace prun {
namespace {

constexpr std::array<std::string_view, 9> fixed_names{"exit",    "signal",   "stdout", "stderr", "error",
                                                      "started", "duration", "worker", "attempt"};

void append_part(std::string& to, sys::FilePart part) {
  while (part.size > 0) {
    const std::size_t before = to.size();
    to.resize(before + std::min<std::size_t>(part.size, std::size_t{1} << 20));
    const std::size_t got = sys::read_from_file(part, to.data() + before, to.size() - before);
    to.resize(before + got);
    part.offset += static_cast<off_t>(got);
    part.size -= got;
  }
}

}  // namespace

void CommandTable::on_task(const TaskEvent& event) {
  const std::vector<std::string> inputs = command::input_texts(event.args);
  if (!named_) {
    if (names_.empty()) {
      for (std::size_t i = 1; i <= inputs.size(); ++i) names_.push_back("arg" + std::to_string(i));
    }
    write_names();
  }
  if (out_.closed()) return;
  const command::Outputs outputs =
      command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
  append_integer(row_, event.index);
  add_inputs(event);
  add_status(event.failure);
  add_output(outputs.out);
  add_output(outputs.err);
  add(event.failure != nullptr ? full_description(*event.failure) : std::string());
  add_times(event);
  add(event.worker != 0 ? std::to_string(event.worker) : std::string());
  add(std::to_string(event.attempt));
  end_row();
}

void CommandTable::on_end() {
  if (!named_) write_names();
}

void CommandTable::write_names() {
  row_ = "index";
  for (const std::string& name : names_) add(name);
  for (const std::string_view name : fixed_names) add(name);
  end_row();
  named_ = true;
}

void CommandTable::add(std::string_view field) {
  row_ += separator_of(dialect_);
  append_delimited(row_, field, dialect_);
}

void CommandTable::add_inputs(const TaskEvent& event) {
  std::vector<std::string> inputs = command::input_texts(event.args);
  for (std::size_t i = names_.size(); i < inputs.size() && !names_.empty(); ++i)
    inputs[names_.size() - 1].append(" ").append(inputs[i]);
  inputs.resize(names_.size());
  for (const std::string& input : inputs) add(input);
}

void CommandTable::add_status(const Failure* failure) {
  const bool exited = failure == nullptr || failure->kind == FailureKind::exit;
  add(exited ? std::to_string(failure == nullptr ? 0 : failure->exit_status) : std::string());
  add(failure != nullptr && failure->signal != 0 ? std::to_string(failure->signal) : std::string());
}

void CommandTable::add_output(const command::CommandResult::Output& output) {
  if (!output.file || spilled_ == nullptr) return add(output.bytes);
  scratch_.clear();
  if (files_ == Files::kept) {
    append_part(scratch_, spilled_->look_at(output.file->token));
  } else {
    append_part(scratch_, spilled_->take(output.file->token)->part());
  }
  add(scratch_);
}

void CommandTable::add_times(const TaskEvent& event) {
  const bool timed = event.started != decltype(event.started){};
  scratch_.clear();
  if (timed) time_.append(scratch_, event.started);
  add(scratch_);
  scratch_.clear();
  if (timed || event.duration.count() != 0) append_seconds(scratch_, event.duration);
  add(scratch_);
}

void CommandTable::end_row() {
  row_ += line_end_of(dialect_);
  out_.write(row_);
  row_.clear();
}

}  // namespace prun
