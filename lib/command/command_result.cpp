#include "command/command_result.hpp"

#include "sys/file_copy.hpp"
#include "wire/value.hpp"

#include <nettle/base64.h>
#include <sys/wait.h>

#include <cstddef>

namespace prun::command {
namespace {

using wire::Kind;
using wire::ValueReader;
using wire::ValueWriter;

double seconds(std::chrono::nanoseconds time) { return std::chrono::duration<double>(time).count(); }

std::chrono::microseconds microseconds(double seconds) {
  return std::chrono::round<std::chrono::microseconds>(std::chrono::duration<double>(seconds));
}

void write_output(ValueWriter& writer, std::string_view name, const CommandResult::Output& output) {
  writer.string(name);
  if (!output.file) return writer.string(output.bytes);
  writer.map(2);
  writer.string("file");
  writer.unsigned_integer(output.file->token);
  writer.string("size");
  writer.unsigned_integer(output.file->size);
}

CommandResult::Output read_output(ValueReader& reader) {
  if (reader.peek() == Kind::string) return {reader.string(), std::nullopt};
  if (reader.peek() != Kind::map) return {};
  const std::uint32_t members = reader.map();  // journals of earlier versions have no size
  if (members == 0 || reader.string() != "file") return {};
  SpilledFile file{reader.unsigned_integer(), 0};
  if (members == 2 && reader.string() == "size") file.size = reader.unsigned_integer();
  return {{}, file};
}

bool is_utf8(std::string_view text) noexcept {
  const auto* at = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const end = at + text.size();
  while (at != end) {
    if (*at < 0x80) {
      ++at;
      continue;
    }
    const std::ptrdiff_t length = *at >= 0xf0 ? 4 : *at >= 0xe0 ? 3 : 2;
    if (*at < 0xc2 || *at > 0xf4 || end - at < length) return false;
    const unsigned second_least = *at == 0xe0 ? 0xa0 : *at == 0xf0 ? 0x90 : 0x80;
    const unsigned second_most = *at == 0xed ? 0x9f : *at == 0xf4 ? 0x8f : 0xbf;
    if (at[1] < second_least || at[1] > second_most) return false;
    for (std::ptrdiff_t i = 2; i < length; ++i) {
      if ((at[i] & 0xc0U) != 0x80) return false;
    }
    at += length;
  }
  return true;
}

std::string base64(std::string_view bytes) {
  std::string text(BASE64_ENCODE_RAW_LENGTH(bytes.size()), '\0');
  base64_encode_raw(text.data(), bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  return text;
}

std::string_view bytes_of(const CommandResult::Output& output, SpilledFiles* files, std::string& buffer) {
  if (!output.file) return output.bytes;
  if (files != nullptr) append_content(*files->take(output.file->token), buffer);
  return buffer;
}

}  // namespace

void encode_result(const CommandResult& result, std::string& value) {
  ValueWriter writer(value);
  writer.map(9);
  if (WIFSIGNALED(result.status)) {
    writer.string("signal");
    writer.integer(WTERMSIG(result.status));
  } else {
    writer.string("exit");
    writer.integer(WEXITSTATUS(result.status));
  }
  write_output(writer, "stdout", result.out);
  write_output(writer, "stderr", result.err);
  writer.string("seconds");
  writer.floating(seconds(result.wall));
  writer.string("user");
  writer.floating(seconds(result.user));
  writer.string("system");
  writer.floating(seconds(result.system));
  writer.string("max_rss");
  writer.unsigned_integer(result.max_rss);
  writer.string("minor_faults");
  writer.unsigned_integer(result.minor_faults);
  writer.string("major_faults");
  writer.unsigned_integer(result.major_faults);
}

Outputs outputs_of(std::string_view value) {
  Outputs outputs;
  if (value.empty()) return outputs;
  ValueReader reader(value);
  if (reader.peek() != Kind::map) return outputs;
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view name = reader.string();
    if (name == "stdout") {
      outputs.out = read_output(reader);
    } else if (name == "stderr") {
      outputs.err = read_output(reader);
    } else {
      reader.skip();
    }
  }
  return outputs;
}

std::optional<Usage> usage_of(std::string_view value) {
  if (value.empty()) return std::nullopt;
  ValueReader reader(value);
  if (reader.peek() != Kind::map) return std::nullopt;
  Usage usage;
  unsigned found = 0;
  for (std::uint32_t left = reader.map(); left > 0; --left) {
    const std::string_view name = reader.string();
    const bool time = reader.peek() == Kind::floating;
    const bool count = reader.peek() == Kind::integer;
    ++found;
    if (time && name == "user") {
      usage.user = microseconds(reader.floating());
    } else if (time && name == "system") {
      usage.system = microseconds(reader.floating());
    } else if (count && name == "max_rss") {
      usage.max_rss = reader.unsigned_integer();
    } else if (count && name == "minor_faults") {
      usage.minor_faults = reader.unsigned_integer();
    } else if (count && name == "major_faults") {
      usage.major_faults = reader.unsigned_integer();
    } else {
      --found;
      reader.skip();
    }
  }
  return found == 5 ? std::optional(usage) : std::nullopt;
}

std::vector<SpilledFile> files_of(std::string_view value) {
  const Outputs outputs = outputs_of(value);
  std::vector<SpilledFile> files;
  if (outputs.out.file) files.push_back(*outputs.out.file);
  if (outputs.err.file) files.push_back(*outputs.err.file);
  return files;
}

std::uint64_t file_bytes_of(std::string_view value) {
  std::uint64_t bytes = 0;
  for (const SpilledFile& file : files_of(value)) bytes += file.size;
  return bytes;
}

namespace {

/// Copies a result. `write_file(writer, name, output)` writes each output that is in a file.
template <class WriteFile>
std::string with_files_rewritten(std::string_view value, WriteFile write_file) {
  std::string changed;
  ValueWriter writer(changed);
  ValueReader reader(value);
  const std::uint32_t members = reader.map();
  writer.map(members);
  for (std::uint32_t left = members; left > 0; --left) {
    const std::string_view name = reader.string();
    const std::string_view member = reader.skip();
    ValueReader content(member);
    const CommandResult::Output output =
        name == "stdout" || name == "stderr" ? read_output(content) : CommandResult::Output{};
    if (output.file) {
      write_file(writer, name, output);
    } else {
      writer.string(name);
      writer.raw(member);
    }
  }
  return changed;
}

}  // namespace

std::string with_files(std::string_view value, const std::function<SpilledFile(std::string_view)>& file_of) {
  return with_files_rewritten(
      value, [&](ValueWriter& writer, std::string_view name, const CommandResult::Output& /*elsewhere*/) {
        write_output(writer, name, {{}, file_of(name)});
      });
}

std::string with_contents(std::string_view value, SpilledFiles& files) {
  return with_files_rewritten(value,
                              [&](ValueWriter& writer, std::string_view name, const CommandResult::Output& output) {
                                std::string bytes;
                                writer.string(name);
                                writer.string(bytes_of(output, &files, bytes));
                              });
}

std::string_view readable_result(std::string_view value, SpilledFiles* files, std::string& buffer) {
  const Outputs outputs = outputs_of(value);
  const bool as_it_is =
      !outputs.out.file && !outputs.err.file && is_utf8(outputs.out.bytes) && is_utf8(outputs.err.bytes);
  if (value.empty() || as_it_is) return value;
  buffer.clear();
  ValueWriter writer(buffer);
  ValueReader reader(value);
  const std::uint32_t members = reader.map();
  writer.map(members);
  for (std::uint32_t left = members; left > 0; --left) {
    const std::string_view name = reader.string();
    const std::string_view member = reader.skip();
    if (name != "stdout" && name != "stderr") {
      writer.string(name);
      writer.raw(member);
      continue;
    }
    std::string content;
    const std::string_view bytes = bytes_of(name == "stdout" ? outputs.out : outputs.err, files, content);
    const bool text = is_utf8(bytes);
    writer.string(text ? std::string(name) : std::string(name) + "_base64");
    writer.string(text ? bytes : base64(bytes));
  }
  return buffer;
}

void append_content(const SpilledFiles::Content& content, std::string& bytes) {
  sys::FilePart left = content.part();
  const std::size_t before = bytes.size();
  bytes.resize(before + left.size);
  char* to = bytes.data() + before;
  while (left.size != 0) {
    const std::size_t got = sys::read_from_file(left, to, left.size);
    to += got;
    left.offset += static_cast<off_t>(got);
    left.size -= got;
  }
}

}  // namespace prun::command
