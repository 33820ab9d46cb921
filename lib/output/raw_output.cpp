// See raw_output.hpp.
#include "output/raw_output.hpp"

#include "command/line_writer.hpp"
#include "command/output_turn.hpp"
#include "output/value_text.hpp"
#include "sys/file_copy.hpp"

#include <array>
#include <memory>
#include <string_view>
#include <utility>

namespace prun {

using command::CommandResult;
using command::SpilledFiles;

namespace {

/// The lines of a file, each after a tag, block by block.
class TaggedLines {
 public:
  TaggedLines(std::shared_ptr<const SpilledFiles::Content> content, std::string tag)
      : content_(std::move(content)), left_(content_->part()), tag_(std::move(tag)) {}

  /// Appends the next block. Returns false if it was the last.
  bool more(std::string& text) {
    std::array<char, std::size_t{64} * 1024> block;  // NOLINT(cppcoreguidelines-pro-type-member-init): it is read into
    const std::size_t got = sys::read_from_file(left_, block.data(), block.size());
    left_.offset += static_cast<off_t>(got);
    left_.size -= got;
    for (std::string_view bytes(block.data(), got); !bytes.empty();) {
      if (at_line_begin_) text += tag_;
      const std::string_view line = bytes.substr(0, bytes.find('\n') + 1);  // npos + 1 is 0
      const std::string_view taken = line.empty() ? bytes : line;
      text += taken;
      at_line_begin_ = taken.back() == '\n';
      bytes.remove_prefix(taken.size());
    }
    return left_.size != 0;
  }

 private:
  std::shared_ptr<const SpilledFiles::Content> content_;
  sys::FilePart left_;
  std::string tag_;
  bool at_line_begin_ = true;
};

/// prun has stopped it, possibly in the middle of a line.
bool was_stopped(const TaskEvent& event) {
  if (event.failure == nullptr) return false;
  switch (event.failure->kind) {
    case FailureKind::timeout:
    case FailureKind::cpu_limit:
    case FailureKind::interrupted:
    case FailureKind::terminal: return true;
    default: return false;
  }
}

char last_byte(const CommandResult::Output& output, SpilledFiles* files) {
  if (output.file && files != nullptr) return sys::last_byte_of(files->look_at(output.file->token));
  return output.bytes.empty() ? '\n' : output.bytes.back();
}

}  // namespace

RawOutput::RawOutput(const OutputOptions& options, OutputBuffer& out, OutputBuffer& err, SpilledFiles* files)
    : tag_(options.tag), failures_(options), turn_(options.turn), out_(out), err_(err), files_(files) {}

void RawOutput::on_task(const TaskEvent& event) {
  if (event.command) {
    const command::Outputs outputs =
        command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
    const std::string tag = tag_ ? tag_->of(event.args, event.index) : std::string();
    note_own_output(event, outputs.out);
    const bool end_out = was_stopped(event) && last_byte(outputs.out, files_) != '\n';
    const bool end_err = was_stopped(event) && last_byte(outputs.err, files_) != '\n';
    write(outputs.out, tag, out_);
    write(outputs.err, tag, err_);
    if (end_out) out_.write("\n");
    if (end_err) err_.write("\n");
  } else if (event.failure == nullptr && !out_.closed()) {
    out_.follow(err_);
    append_value(out_.record(), event.value);
    out_.write("\n");
  }
  failures_.write(event, err_, out_);
}

// A task that printed its output itself may have ended in the middle of a line. If it was stopped or lost its worker, the line is
// broken, unless the rest of the output comes now.
void RawOutput::note_own_output(const TaskEvent& event, const CommandResult::Output& rest) {
  if (turn_ == nullptr || !turn_->taken_by(event.index)) return;
  const bool in_line = turn_->left_in_line(event.index);
  out_.note_written_outside(in_line);
  if (rest.file || !rest.bytes.empty()) return;
  if (in_line && event.failure != nullptr && (event.failure->detail.empty() || was_stopped(event))) out_.write("\n");
}

void RawOutput::write(const CommandResult::Output& output, const std::string& tag, OutputBuffer& target) {
  if (target.closed() || (!output.file && output.bytes.empty())) return;
  target.follow(&target == &out_ ? err_ : out_);
  if (output.file) {
    if (files_ == nullptr) return;
    const auto content = files_->take(output.file->token);
    if (tag.empty()) return target.copy_from(content->part(), content);
    target.supply(content->size(), sys::last_byte_of(content->part()),
                  [lines = TaggedLines(content, tag)](std::string& text) mutable { return lines.more(text); });
  } else {
    target.write(tag.empty() ? output.bytes : command::tagged(output.bytes, tag));
  }
}

}  // namespace prun
