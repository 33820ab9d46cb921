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
#include <array>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

constexpr std::size_t longest_argument = std::size_t{128} * 1024;  // Linux' MAX_ARG_STRLEN

bool names_command(const OptionTexts& texts) {
  return texts.cmd || texts.sh || (texts.dashes_at == 1 && texts.words.size() > 1 && !texts.tasks);
}

void refuse_without_command(const OptionTexts& texts) {
  for (const std::string& option : texts.given) {
    static constexpr std::array<std::string_view, 11> only{"--arg-file", "--colsep",  "--max-args",    "--pipe",
                                                           "--block",    "--tag",     "--line-buffer", "--ungroup",
                                                           "--dry-run",  "--results", "--tty"};
    if (std::find(only.begin(), only.end(), option) == only.end()) continue;
    const bool tasks_too = option == "--tag" || option == "--results";
    if (tasks_too && (texts.tasks || texts.words.size() == 1)) continue;
    throw UsageError(fmt::format("{} is for commands: --cmd, --sh, or the words behind --", option));
  }
}

std::vector<std::string> words_of(const std::string& text) {
  auto words = command::split_words(text);
  if (!words) throw UsageError(fmt::format("--cmd '{}': {}", text, words.error().message));
  if (words->empty()) throw UsageError("--cmd is empty; it must name a program");
  return std::move(*words);
}

/// The words of the command line that are the command.
void take_command(const OptionTexts& texts, Mode mode, CommandOptions& options) {
  if (texts.cmd && texts.sh)
    throw UsageError("--cmd and --sh exclude each other: a command is run with a shell or without");
  const bool add_inputs = !texts.pipe;
  const bool once = mode == Mode::apply && texts.words.size() == 1 && texts.arg_files.empty();
  const bool has_inputs = add_inputs && !once;
  if (texts.sh) {
    if (texts.sh->empty()) throw UsageError("--sh is empty; it must be a script");
    options.name = *texts.sh;
    auto parsed = command::CommandTemplate::of_script(*texts.sh, add_inputs);
    if (!parsed) throw UsageError("--sh: " + parsed.error());
    options.parsed = std::move(*parsed);
    options.advice = command_advice({texts.sh, texts.cmd, {}}, options.parsed, has_inputs);
    return;
  }
  const std::vector<std::string> words =
      texts.cmd ? words_of(*texts.cmd)
                : std::vector<std::string>(texts.words.begin() + 1,
                                           texts.words.begin() + static_cast<std::ptrdiff_t>(place_of_lists(texts)));
  if (words.empty()) throw UsageError("no command behind --");
  options.name = texts.cmd ? *texts.cmd : command::join_words(words);
  options.parsed = command::CommandTemplate::of_words(words, add_inputs);
  options.advice = command_advice({texts.sh, texts.cmd, words}, options.parsed, has_inputs);
}

// The system's limit for arguments and environment together, less what xargs leaves as well.
std::size_t room_for_inputs(const CommandOptions& options, bool shell) {
  if (shell) return longest_argument - std::min(longest_argument, options.parsed.fixed_size() + 2048);
  std::size_t used = options.parsed.fixed_size() + 2048;
  for (char** entry = environ; *entry != nullptr; ++entry) used += std::strlen(*entry) + 1 + sizeof(char*);
  const auto limit = static_cast<std::size_t>(std::max(::sysconf(_SC_ARG_MAX), 4096L));
  return limit > used ? limit - used : 1;
}

void take_batches(const OptionTexts& texts, CommandOptions& options) {
  if (!texts.max_args) return;
  const bool most = *texts.max_args == "max";
  options.inputs.max_args = most ? SIZE_MAX : parse_count("--max-args", *texts.max_args);
  options.inputs.max_bytes = room_for_inputs(options, texts.sh.has_value());
}

void take_inputs(const OptionTexts& texts, CommandOptions& options) {
  options.inputs.lists = command_lists(texts, texts.cmd || texts.sh);
  if (!options.advice) options.advice = range_advice(options.inputs.lists);
  options.inputs.column_separator = texts.colsep;
  options.inputs.null_separated = texts.null;
  take_batches(texts, options);
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

command::Streams streams_of(const OptionTexts& texts) {
  if (texts.line_buffer && texts.ungroup) throw UsageError("--line-buffer and --ungroup exclude each other");
  if (texts.ungroup && texts.tag)
    throw UsageError("--ungroup leaves commands prun's own outputs: nothing is there to --tag");
  if (texts.tty && (texts.line_buffer || texts.tag))
    throw UsageError(fmt::format("--tty leaves commands prun's own outputs; it cannot be used with {}",
                                 texts.tag ? "--tag" : "--line-buffer"));
  const bool direct = texts.line_buffer || texts.ungroup || texts.tty;
  const char* option = texts.line_buffer ? "--line-buffer" : texts.tty ? "--tty" : "--ungroup";
  if (direct && texts.results) throw UsageError(fmt::format("{} and --results exclude each other", option));
  if (direct && (texts.format || texts.output.value_or("raw") != "raw")) {
    throw UsageError(fmt::format("{} passes on what commands write as it comes; it has no other form", option));
  }
  return texts.line_buffer ? command::Streams::by_line : direct ? command::Streams::passed : command::Streams::captured;
}

}  // namespace

std::optional<CommandOptions> command_options(const OptionTexts& texts, Mode mode, bool stdin_is_terminal) {
  if (!names_command(texts)) {
    refuse_without_command(texts);
    return std::nullopt;
  }
  if (texts.tasks) throw UsageError("give a command with its inputs, or --tasks, not both");
  CommandOptions options;
  take_command(texts, mode, options);
  take_inputs(texts, options);
  options.inputs.one_call = mode == Mode::apply;
  options.inputs.pipe = texts.pipe;
  if (texts.block && !texts.pipe) throw UsageError("--block says how --pipe cuts standard input; give --pipe too");
  if (texts.block) options.inputs.block = parse_size("--block", *texts.block);
  if (texts.pipe && !options.inputs.lists.empty()) {
    throw UsageError("--pipe gives commands standard input instead of inputs; there cannot be both");
  }
  if (texts.pipe && texts.max_args) throw UsageError("--pipe gives commands no inputs, which --max-args counts");
  if (options.inputs.lists.empty() && options.inputs.one_call && !texts.pipe) options.inputs.lists.emplace_back();
  if (options.inputs.lists.empty() && stdin_is_terminal) {
    throw UsageError("no input; give some behind the command or behind :::, or lines on standard input");
  }
  options.streams = streams_of(texts);
  options.tag = texts.tag;
  options.dry_run = texts.dry_run;
  options.terminal = texts.tty;
  refuse_missing_program(options);
  return options;
}

}  // namespace prun::app
