// See input_division.hpp.
#include "input_division.hpp"

#include "numbers.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <string_view>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

constexpr std::size_t longest_argument = std::size_t{128} * 1024;  // Linux' MAX_ARG_STRLEN

/// `:`, a number of lines, or a regular expression.
void take_block_header(const std::string& form, PipeOptions& blocks) {
  const bool is_number = form.find_first_not_of("0123456789") == std::string::npos;
  if (form.empty()) throw UsageError("--header takes ':', a number of lines, or a regular expression");
  if (form == ":" || is_number) {
    blocks.header_lines = form == ":" ? 1 : parse_count("--header", form);
  } else {
    blocks.header_regex = form;
  }
}

void take_blocks(const CommandLine& line, const CommandValues& values, PipeOptions& blocks) {
  if (values.spread || values.inputs.no_args)
    throw UsageError("with --pipe, --max-args takes the number of records of a block");
  if (line.has("--max-args")) blocks.records = values.inputs.max_args;
  RecordForm& form = blocks.form;
  form.csv = values.inputs.csv;
  form.lines = values.lines.value_or(0);
  const auto text = [&form](std::string_view option, const std::string& given) {
    return form.regex ? given : parse_escapes(option, given);
  };
  if (values.record_start) {
    form.start = text("--recstart", *values.record_start);
    form.end.clear();
  }
  if (values.record_end) form.end = text("--recend", *values.record_end);
  if (values.header) take_block_header(*values.header, blocks);
}

/// With --csv, --colsep is no regular expression.
std::string csv_delimiter(const std::string& text) {
  std::string delimiter = parse_escapes("--colsep", text);
  if (delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n") return delimiter;
  throw UsageError(
      fmt::format("with --csv, --colsep takes the one character between fields, such as ';' or '\\t', not '{}'", text));
}

/// What the options of single inputs say.
void take_rows(const CommandLine& line, const CommandValues& values, CommandInputOptions& inputs) {
  if (values.header && *values.header != ":")
    throw UsageError(fmt::format("--header takes ':', not '{}'", *values.header));
  inputs.header = values.header.has_value();
  if (inputs.column_separator && inputs.csv) inputs.column_separator = csv_delimiter(*inputs.column_separator);
  if (inputs.column_separator && !inputs.csv && !line.has("--trim")) inputs.trim = Trim::both;  // as GNU parallel
  if (!values.lines) return;
  if (line.has("--max-args")) throw UsageError("--max-args and --max-lines both say how many inputs a command gets");
  inputs.max_args = *values.lines;
}

}  // namespace

CommandInputOptions divided_inputs(const CommandLine& line, const CommandValues& values) {
  CommandInputOptions inputs = values.inputs;
  if (values.inputs.pipe) {
    take_blocks(line, values, inputs.blocks);
  } else {
    take_rows(line, values, inputs);
  }
  return inputs;
}

std::size_t room_for_inputs(const command::CommandTemplate& parsed, bool is_script) {
  if (is_script) return longest_argument - std::min(longest_argument, parsed.fixed_size() + 2048);
  std::size_t used = parsed.fixed_size() + 2048;
  for (char** entry = environ; *entry != nullptr; ++entry) used += std::strlen(*entry) + 1 + sizeof(char*);
  const auto limit = static_cast<std::size_t>(std::max(::sysconf(_SC_ARG_MAX), 4096L));
  return limit > used ? limit - used : 1;
}

}  // namespace prun::app
