// See readable_commands.hpp.
#include "output/readable_commands.hpp"

#include "command/command_result.hpp"
#include "wire/value.hpp"

namespace prun {

void ReadableCommands::on_task(const TaskEvent& event) {
  if (!event.command) return output_->on_task(event);
  const std::string_view result = event.failure != nullptr ? std::string_view(event.failure->detail) : event.value;
  if (form_ == Form::text) pass_standard_error(result);
  TaskEvent readable = event;
  if (event.failure != nullptr) {
    Failure failure = *event.failure;
    failure.detail = command::readable_result(event.failure->detail, files_, buffer_);
    readable.failure = &failure;
    return output_->on_task(readable);
  }
  readable.value = command::readable_result(event.value, files_, buffer_);
  if (form_ == Form::text) {
    make_text(readable.value);
    readable.value = text_;
  }
  output_->on_task(readable);
}

void ReadableCommands::pass_standard_error(std::string_view value) {
  const command::CommandResult::Output written = command::outputs_of(value).err;
  if (err_.closed() || (!written.file && written.bytes.empty())) return;
  err_.follow(out_);
  if (!written.file) return err_.write(written.bytes);
  if (const auto content = files_ != nullptr ? files_->take(*written.file) : std::nullopt)
    err_.copy_from(content->fd(), content->offset(), content->size());
}

// As $(command) in a shell: without the newlines at its end.
void ReadableCommands::make_text(std::string_view value) {
  std::string_view bytes = command::outputs_of(value).out.bytes;
  while (bytes.ends_with('\n')) bytes.remove_suffix(1);
  text_.clear();
  wire::ValueWriter(text_).string(bytes);
}

}  // namespace prun
