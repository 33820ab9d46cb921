// See readable_commands.hpp.
#include "output/readable_commands.hpp"

#include "command/command_result.hpp"
#include "wire/value.hpp"

namespace prun {

void ReadableCommands::on_task(const TaskEvent& event) {
  if (!event.command) return output_->on_task(event);
  const std::string_view result = event.failure != nullptr ? std::string_view(event.failure->detail) : event.value;
  TaskEvent readable = event;
  if (form_ == Form::text) {
    pass_standard_error(result);
    if (!result.empty()) {
      make_text(result);
      readable.value = text_;
    }
    return output_->on_task(readable);
  }
  if (event.failure != nullptr) {
    Failure failure = *event.failure;
    failure.detail = command::readable_result(event.failure->detail, files_, buffer_);
    readable.failure = &failure;
    return output_->on_task(readable);
  }
  readable.value = command::readable_result(event.value, files_, buffer_);
  output_->on_task(readable);
}

void ReadableCommands::pass_standard_error(std::string_view value) {
  const command::CommandResult::Output written = command::outputs_of(value).err;
  if (err_.closed() || (!written.file && written.bytes.empty())) return;
  err_.follow(out_);
  if (!written.file) return err_.write(written.bytes);
  if (files_ == nullptr) return;
  const auto content = files_->take(written.file->token);
  err_.copy_from(content->part(), content);
}

// Like $(command) in a shell: without the newlines at its end.
void ReadableCommands::make_text(std::string_view value) {
  const command::CommandResult::Output written = command::outputs_of(value).out;
  std::string_view bytes = written.bytes;
  if (written.file) {
    buffer_.clear();
    if (files_ != nullptr) command::append_content(*files_->take(written.file->token), buffer_);
    bytes = buffer_;
  }
  while (bytes.ends_with('\n')) bytes.remove_suffix(1);
  text_.clear();
  wire::ValueWriter(text_).string(bytes);
}

}  // namespace prun
