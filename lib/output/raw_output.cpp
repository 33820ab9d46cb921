// See raw_output.hpp.
#include "output/raw_output.hpp"

#include "command/command_function.hpp"
#include "command/line_writer.hpp"
#include "command/output_turn.hpp"
#include "output/failure_line.hpp"
#include "output/value_text.hpp"

#include <unistd.h>

#include <algorithm>
#include <string_view>

namespace prun {

using command::CommandResult;
using command::SpilledFiles;

RawOutput::RawOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err, SpilledFiles* files)
    : tag_(options.tag), quiet_(options.quiet), turn_(options.turn), out_(out), err_(err), files_(files) {}

void RawOutput::on_task(const TaskEvent& event) {
  if (event.command) {
    const command::Outputs outputs =
        command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
    const std::string tag = tag_ ? command::tag_of(event.args) + '\t' : std::string();
    end_broken_line(event);
    write(outputs.out, tag, out_);
    write(outputs.err, tag, err_);
  } else if (event.failure == nullptr && !out_.closed()) {
    out_.follow(err_);
    append_value(out_.record(), event.value);
    out_.write("\n");
  }
  if (event.failure == nullptr || quiet_) return;
  err_.follow(out_);
  write_failure_line(event, err_);
}

// A task that wrote its output itself, and whose worker died, left no result.
void RawOutput::end_broken_line(const TaskEvent& event) {
  if (event.failure != nullptr && event.failure->detail.empty() && turn_ != nullptr && turn_->left_in_line(event.index))
    out_.write("\n");
}

void RawOutput::write(const CommandResult::Output& output, const std::string& tag, OutputBuffer& target) {
  if (target.closed() || (!output.file && output.bytes.empty())) return;
  target.follow(&target == &out_ ? err_ : out_);
  if (output.file) {
    const auto content = files_ != nullptr ? files_->take(*output.file) : std::nullopt;
    if (!content) return;
    if (tag.empty()) {
      target.copy_from(content->fd(), content->offset(), content->size());
    } else {
      write_tagged(*content, tag, target);
    }
  } else {
    target.write(tag.empty() ? output.bytes : command::tagged(output.bytes, tag));
  }
}

void RawOutput::write_tagged(const SpilledFiles::Content& content, const std::string& tag, OutputBuffer& target) {
  std::string waiting;
  std::string block(std::size_t{1} << 16, '\0');
  for (std::uint64_t done = 0; done < content.size() && !target.closed();) {
    const std::size_t wanted = std::min<std::uint64_t>(block.size(), content.size() - done);
    const ssize_t got = ::pread(content.fd(), block.data(), wanted, content.offset() + static_cast<off_t>(done));
    if (got <= 0) break;
    done += static_cast<std::uint64_t>(got);
    waiting.append(block, 0, static_cast<std::size_t>(got));
    const auto end = done < content.size() ? waiting.rfind('\n') : waiting.size() - 1;
    if (end == std::string::npos) continue;
    target.write(command::tagged(std::string_view(waiting).substr(0, end + 1), tag));
    waiting.erase(0, end + 1);
  }
}

}  // namespace prun
