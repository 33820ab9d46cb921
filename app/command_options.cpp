// What a command line says of a command to run; see command_options.hpp.
#include "command_options.hpp"

#include "command_advice.hpp"
#include "input_lists.hpp"
#include "numbers.hpp"
#include "usage_error.hpp"

#include "command/child_process.hpp"
#include "command/command_words.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

constexpr std::size_t longest_argument = std::size_t{128} * 1024;  // Linux' MAX_ARG_STRLEN

bool names_command(const CommandLine& line, const OptionValues& values) {
  return values.command.cmd || values.command.sh ||
         (line.dashes_at == 1 && line.words.size() > 1 && !values.input.tasks_file);
}

void refuse_without_command(const CommandLine& line, const OptionValues& values) {
  const bool has_tasks = values.input.tasks_file || line.words.size() == 1;
  for (const GivenOption& given : line.options) {
    const Runs runs = given.option->runs;
    if (runs == Runs::anything || (runs == Runs::commands_or_tasks && has_tasks)) continue;
    throw UsageError(fmt::format("{} needs a command: --cmd, --sh, or words after --", given.option->name()));
  }
}

std::vector<std::string> words_of(const std::string& text) {
  auto words = command::split_words(text);
  if (!words) throw UsageError(fmt::format("--cmd '{}': {}", text, words.error().message));
  if (words->empty()) throw UsageError("--cmd is empty; it must name a program");
  return std::move(*words);
}

/// The words of the command line that are the command.
void take_command(const CommandLine& line, const CommandValues& values, Mode mode, CommandOptions& options) {
  const bool add_inputs = !values.inputs.pipe;
  const bool once = mode == Mode::apply && line.words.size() == 1 && values.arg_files.empty();
  const bool has_inputs = add_inputs && !once;
  if (values.sh) {
    if (values.sh->empty()) throw UsageError("--sh is empty; it must be a script");
    options.name = *values.sh;
    auto parsed = command::CommandTemplate::of_script(*values.sh, add_inputs);
    if (!parsed) throw UsageError("--sh: " + parsed.error());
    options.parsed = std::move(*parsed);
    options.advice = command_advice({values.sh, values.cmd, {}}, options.parsed, has_inputs);
    return;
  }
  const std::vector<std::string> words =
      values.cmd
          ? words_of(*values.cmd)
          : std::vector<std::string>(line.words.begin() + 1,
                                     line.words.begin() + static_cast<std::ptrdiff_t>(place_of_lists(line, values)));
  if (words.empty()) throw UsageError("no command after --");
  options.name = values.cmd ? *values.cmd : command::join_words(words);
  options.parsed = command::CommandTemplate::of_words(words, add_inputs);
  options.advice = command_advice({values.sh, values.cmd, words}, options.parsed, has_inputs);
}

// The system's limit for arguments and environment together, less what xargs leaves as well.
std::size_t room_for_inputs(const CommandOptions& options, bool shell) {
  if (shell) return longest_argument - std::min(longest_argument, options.parsed.fixed_size() + 2048);
  std::size_t used = options.parsed.fixed_size() + 2048;
  for (char** entry = environ; *entry != nullptr; ++entry) used += std::strlen(*entry) + 1 + sizeof(char*);
  const auto limit = static_cast<std::size_t>(std::max(::sysconf(_SC_ARG_MAX), 4096L));
  return limit > used ? limit - used : 1;
}

void take_inputs(const CommandLine& line, const CommandValues& values, CommandOptions& options) {
  options.inputs = values.inputs;
  options.inputs.lists = command_lists(line, values);
  if (!options.advice) options.advice = range_advice(options.inputs.lists);
  if (line.has("--max-args")) options.inputs.max_bytes = room_for_inputs(options, values.sh.has_value());
}

void refuse_missing_program(const CommandOptions& options) {
  const std::string program = options.parsed.program();
  if (program.empty()) return;
  try {
    static_cast<void>(command::find_program(program));
  } catch (const std::system_error& error) {
    throw UsageError(error.code().value() == ENOENT
                         ? fmt::format("there is no program {} on PATH{}", program, missing_program_advice(program))
                         : fmt::format("{} cannot be run: {}", program, error.code().message()));
  }
}

command::Streams streams_of(const CommandLine& line, const OptionValues& values) {
  const CommandValues& command = values.command;
  const bool direct = command.line_buffer || command.ungroup || command.tty;
  if (direct && line.has("--output") && values.output.format != Format::raw) {
    const char* option = command.line_buffer ? "--line-buffer" : command.tty ? "--tty" : "--ungroup";
    throw UsageError(
        fmt::format("{} prints what commands write as it is; it can only be used with --output raw", option));
  }
  return command.line_buffer ? command::Streams::by_line
         : direct            ? command::Streams::passed
                             : command::Streams::captured;
}

}  // namespace

std::optional<CommandOptions> command_options(const CommandLine& line, const OptionValues& values, Mode mode,
                                              bool stdin_is_terminal) {
  const CommandValues& command = values.command;
  if (!names_command(line, values)) {
    refuse_without_command(line, values);
    return std::nullopt;
  }
  if (values.input.tasks_file) throw UsageError("give a command with its inputs, or --tasks, not both");
  CommandOptions options;
  take_command(line, command, mode, options);
  take_inputs(line, command, options);
  options.inputs.one_call = mode == Mode::apply;
  if (command.inputs.pipe && !options.inputs.lists.empty()) {
    throw UsageError("with --pipe commands get standard input, so the command line cannot have inputs");
  }
  if (options.inputs.lists.empty() && options.inputs.one_call && !command.inputs.pipe)
    options.inputs.lists.emplace_back();
  if (options.inputs.lists.empty() && stdin_is_terminal) {
    throw UsageError("no input; give some after the command or after :::, or lines on standard input");
  }
  options.streams = streams_of(line, values);
  options.tag = values.output.tag;
  options.dry_run = command.dry_run;
  options.terminal = command.tty;
  refuse_missing_program(options);
  return options;
}

}  // namespace prun::app
