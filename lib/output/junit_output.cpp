// See junit_output.hpp.
#include "output/junit_output.hpp"

#include "event/code_point.hpp"

#include "event/describe.hpp"
#include "output/number_text.hpp"
#include "output/value_text.hpp"

#include <algorithm>

namespace prun {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The size of the character of UTF-8 with which `text` begins; 0: it is none that XML can hold.
std::size_t character_size(std::string_view text) noexcept {
  const CodePoint character = decode_utf8(text);
  const char32_t c = character.value;
  const bool forbidden = c < 0x20 || c == 0x7f || c == 0xfffe || c == 0xffff;
  return forbidden ? 0 : character.bytes;
}

}  // namespace

void append_xml(std::string& to, std::string_view text) {
  while (!text.empty()) {
    std::size_t size = 1;
    switch (text.front()) {
      case '&': to += "&amp;"; break;
      case '<': to += "&lt;"; break;
      case '>': to += "&gt;"; break;
      case '"': to += "&quot;"; break;
      case '\n': to += "&#10;"; break;
      case '\t': to += "&#9;"; break;
      case '\r': to += "&#13;"; break;
      default:
        size = character_size(text);
        to += size == 0 ? replacement : text.substr(0, size);
        size = std::max<std::size_t>(size, 1);
    }
    text.remove_prefix(size);
  }
}

void JunitOutput::begin() {
  if (begun_) return;
  out_.write("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"prun\">\n");
  begun_ = true;
}

void JunitOutput::on_task(const TaskEvent& event) {
  begin();
  if (out_.closed()) return;
  std::string text = "<testcase classname=\"prun\" name=\"";
  scratch_.clear();
  append_call(scratch_, event);
  append_xml(text, scratch_);
  text += "\" time=\"";
  append_seconds(text, event.duration);
  text += "\">";
  if (event.failure != nullptr) append_failure(text, event);
  if (event.command) {
    const std::string_view result = event.failure != nullptr ? std::string_view(event.failure->detail) : event.value;
    const command::Outputs outputs = command::outputs_of(result);
    append_output(text, "system-out", outputs.out);
    append_output(text, "system-err", outputs.err);
  }
  text += "</testcase>\n";
  out_.write(text);
}

void JunitOutput::append_failure(std::string& text, const TaskEvent& event) const {
  text += "<failure type=\"";
  text += name_of(event.failure->kind);
  text += "\" message=\"";
  append_xml(text, describe(*event.failure, event.attempt));
  text += "\">";
  append_xml(text, event.failure->traceback);
  text += "</failure>";
}

void JunitOutput::append_output(std::string& text, std::string_view element,
                                const command::CommandResult::Output& output) {
  std::string_view bytes = output.bytes;
  if (output.file && files_ != nullptr) {
    scratch_.clear();
    command::append_content(*files_->take(output.file->token), scratch_);
    bytes = scratch_;
  }
  if (bytes.empty()) return;
  text.append("<").append(element).append(">");
  append_xml(text, bytes);
  text.append("</").append(element).append(">");
}

void JunitOutput::on_end() {
  begin();
  out_.write("</testsuite>\n</testsuites>\n");
}

}  // namespace prun
