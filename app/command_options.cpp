// What a command line says of a command to run; see command_options.hpp.
#include "command_options.hpp"

#include "command_advice.hpp"
#include "input_lists.hpp"
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "shell_choice.hpp"
#include "usage_error.hpp"

#include "command/child_process.hpp"
#include "command/command_words.hpp"
#include "output/results_table.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

constexpr std::size_t longest_argument = std::size_t{128} * 1024;  // Linux' MAX_ARG_STRLEN

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

/// Where anything begins that a shell reads; npos if nowhere.
std::size_t shell_syntax_at(std::string_view word) {
  return word.starts_with('~') ? 0 : word.find_first_of(" \t\n;&|<>()$`\\\"'*?[");
}

/// A command of one word is a script if it has anything that a shell reads: `prun 'gzip {}; mv {}.gz /tmp' ::: a`.
bool is_script(const std::string& word) {
  const bool has_syntax = shell_syntax_at(word) != std::string::npos;
  const bool is_file = word.find('/') != std::string::npos && ::access(word.c_str(), X_OK) == 0;
  return has_syntax && !is_file;
}

bool is_option_of_prun(std::string_view word) {
  if (!looks_like_option(word)) return false;
  const bool is_long = word.starts_with("--");
  return find_option(word.substr(0, is_long ? word.find('=') : 2)) != nullptr;
}

/// `prun 'echo {}' -j2 ::: a`: options end at the command, as in GNU parallel, so the words are no script but a program and its
/// arguments.
std::optional<std::string> late_option_advice(const std::vector<std::string>& words) {
  if (words.size() < 2 || !is_script(words[0]) || !is_option_of_prun(words[1])) return std::nullopt;
  return fmt::format(
      "'{}' stands after the command and is an argument of it; options of prun go before the command: prun {} {}",
      words[1], words[1], command::join_words({words[0]}));
}

/// `prun 'gzip -9' {} ::: a`: GNU parallel joins the words to a script. Here several words are a program and its arguments, and the
/// first one cannot be a program. A path such as `./my programs/{}` can.
std::optional<std::string> split_script_advice(const std::vector<std::string>& words) {
  if (words.size() < 2 || !is_script(words[0])) return std::nullopt;
  if (std::string_view(words[0]).substr(0, shell_syntax_at(words[0])).find('/') != std::string_view::npos)
    return std::nullopt;
  return fmt::format("'{}' is not a program, and the words are no script; write a script as one word: prun {}",
                     words[0], command::join_words({command::joined_by_spaces(words)}));
}

/// With -X, GNU parallel repeats such a word for each input.
void refuse_context(const std::string& word, std::string_view placeholder, std::string_view separators) {
  const std::size_t at = word.find(placeholder);
  if (at == std::string::npos) return;
  const std::size_t end = at + placeholder.size();
  const auto is_apart = [&](char c) { return separators.find(c) != std::string_view::npos; };
  if ((at == 0 || is_apart(word[at - 1])) && (end == word.size() || is_apart(word[end]))) return;
  throw UsageError(
      fmt::format("-X needs {0} as a word of its own: prun does not repeat the text around it for each "
                  "input; without -X, each command gets one input",
                  placeholder));
}

bool inputs_are_commands(const CommandLine& line, const CommandValues& values) {
  return line.form == LineForm::commands || values.commands_file;
}

/// Makes the command from the words of the command line and from options.
class CommandTaker {
 public:
  CommandTaker(const CommandLine& line, const CommandValues& values, Mode mode, CommandOptions& options)
      : line_(&line), values_(&values), options_(&options) {
    const bool once = mode == Mode::apply && line.words.size() == 1 && values.arg_files.empty();
    const bool adds_inputs = !values.inputs.pipe;
    has_inputs_ = adds_inputs && !once && !values.inputs.no_args && !values.header;
    options.text.add_inputs = adds_inputs;
    options.text.syntax.input = values.replacement.value_or("{}");
    options.text.syntax.plus = values.plus;
  }

  void operator()() {
    if (inputs_are_commands(*line_, *values_)) return take_scripts();
    if (values_->sh) {
      if (values_->sh->empty()) throw UsageError("--sh is empty; it must be a script");
      return take_script(*values_->sh, "--sh");
    }
    std::vector<std::string> words = values_->cmd ? words_of(*values_->cmd) : command_words();
    if (words.empty()) throw UsageError("no command after --");
    if (line_->form == LineForm::command && words.size() == 1 && is_script(words.front()))
      return take_script(words.front(), "the command");
    take_words(words);
  }

 private:
  [[nodiscard]] std::vector<std::string> command_words() const {
    return {line_->words.begin() + 1,
            line_->words.begin() + static_cast<std::ptrdiff_t>(place_of_lists(*line_, *values_))};
  }

  void take_scripts() {
    if (values_->inputs.pipe) throw UsageError("--pipe needs a command that reads the blocks");
    if (values_->header) throw UsageError("--header needs a command that names the columns, such as 'echo {name}'");
    options_->parsed = command::CommandTemplate::of_scripts();
    options_->parsed.set_shell(chosen_shell(values_->shell));
    options_->name = options_->parsed.program();
  }

  void take_script(const std::string& script, std::string source) {
    CommandText& text = options_->text;
    if (values_->whole_words) refuse_context(script, text.syntax.input, " \t\n;&|()");
    text.source = std::move(source);
    text.script = script;
    text.shell = chosen_shell(values_->shell);
    options_->name = script;
    options_->is_script = true;
    options_->parsed = text.parse();
    options_->advice = command_advice({script, values_->cmd, {}}, options_->parsed, has_inputs_);
  }

  void take_words(const std::vector<std::string>& words) {
    CommandText& text = options_->text;
    text.source = values_->cmd ? "--cmd" : "the command";
    text.words = words;
    if (values_->whole_words) {
      for (const std::string& word : words) refuse_context(word, text.syntax.input, {});
    }
    options_->name = values_->cmd ? *values_->cmd : command::join_words(words);
    options_->parsed = text.parse();
    const std::string program = options_->parsed.program();
    const bool has_no_mode = line_->form == LineForm::command;
    const auto late = has_no_mode ? late_option_advice(words) : std::nullopt;
    const auto split = has_no_mode ? split_script_advice(words) : std::nullopt;
    const bool is_known = is_exported_function(program) || command::is_on_path(program);
    if (late && !is_known && (split || !program.empty())) throw UsageError(*late);
    if (split && !late && (!is_known || program.find('/') != std::string::npos)) throw UsageError(*split);
    options_->advice = late ? late : command_advice({values_->sh, values_->cmd, words}, options_->parsed, has_inputs_);
    if (!is_exported_function(program) || (values_->cmd && command::is_on_path(program))) return;
    text.shell = chosen_shell(values_->shell);
    options_->parsed.set_shell(*text.shell);
  }

  const CommandLine* line_;
  const CommandValues* values_;
  CommandOptions* options_;
  bool has_inputs_;
};

// The system's limit for arguments and environment together, less what xargs leaves as well.
std::size_t room_for_inputs(const CommandOptions& options, bool shell) {
  if (shell) return longest_argument - std::min(longest_argument, options.parsed.fixed_size() + 2048);
  std::size_t used = options.parsed.fixed_size() + 2048;
  for (char** entry = environ; *entry != nullptr; ++entry) used += std::strlen(*entry) + 1 + sizeof(char*);
  const auto limit = static_cast<std::size_t>(std::max(::sysconf(_SC_ARG_MAX), 4096L));
  return limit > used ? limit - used : 1;
}

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
  if (text == "\\t") return "\t";
  if (text.size() == 1 && text != "\"" && text != "\n") return text;
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

void take_inputs(const CommandLine& line, const CommandValues& values, std::uint64_t seed, CommandOptions& options) {
  options.inputs = values.inputs;
  options.inputs.seed = seed;
  if (values.inputs.pipe) {
    take_blocks(line, values, options.inputs.blocks);
  } else {
    take_rows(line, values, options.inputs);
  }
  options.inputs.lists = command_lists(line, values);
  options.inputs.scripts = inputs_are_commands(line, values);
  if (const auto empty = empty_list_advice(options.inputs)) options.advice = empty;
  if (!options.advice) options.advice = range_advice(options.inputs.lists);
  const bool many = (line.has("--max-args") || values.lines || values.spread) && !values.inputs.no_args;
  if (!many) return;
  const std::size_t room = room_for_inputs(options, options.is_script);
  options.inputs.max_bytes = options.inputs.max_bytes == 0 ? room : std::min(room, options.inputs.max_bytes);
}

/// A text of one word that is filled in for each task. Mistakes in it are found now.
CommandText part_text(const std::string& source, const std::string& text, const CommandOptions& options) {
  CommandText part;
  part.source = source;
  part.words = {text};
  part.add_inputs = false;
  part.syntax = options.text.syntax;
  const command::CommandTemplate parsed = part.parse();
  for (const std::string_view placeholder : {parsed.total_placeholder(), parsed.worker_placeholder()}) {
    if (!placeholder.empty()) throw UsageError(fmt::format("{}: {} is not known there", source, placeholder));
  }
  return part;
}

/// `\t` is a tab, as in GNU parallel. Other backslashes may belong to a placeholder.
std::string with_tabs(std::string text) {
  for (auto at = text.find("\\t"); at != std::string::npos; at = text.find("\\t", at + 1)) {
    const auto brace = text.find_last_of("{}", at);
    if (brace == std::string::npos || text[brace] == '}') text.replace(at, 2, "\t");
  }
  return text;
}

/// Names of files with placeholders, unlike the name of a folder or of a table.
void take_results(const std::string& name, CommandOptions& options) {
  if (ResultsTable::dialect_of(name) || name.find('{') == std::string::npos) return;
  CommandText text = part_text("--results", name, options);
  const bool named = options.inputs.header || text.parse().has_place_for_inputs() || text.parse().numbers_tasks();
  if (named) options.results = std::move(text);
}

void take_parts(const CommandValues& values, CommandOptions& options) {
  if (values.tag_text) options.tag = part_text("--tagstring", with_tabs(*values.tag_text), options);
  if (values.directory) options.directory = part_text("--cwd", *values.directory, options);
  for (const std::string& name : values.sent_files)
    options.sent_files.push_back(part_text("--transferfile", name, options));
  for (const std::string& name : values.returned_files)
    options.returned_files.push_back(part_text("--return", name, options));
  options.cleanup = values.cleanup;
}

/// The path of a program with a slash, from where it is run. Absent if that is known only for each task.
std::optional<std::string> path_of(const std::string& program, const std::optional<CommandText>& directory) {
  if (!directory || program.starts_with('/')) return program;
  const command::CommandTemplate parsed = directory->parse();
  if (parsed.has_placeholder()) return std::nullopt;
  const std::string folder = parsed.expand_name({});
  if (::access(folder.c_str(), X_OK) != 0) return std::nullopt;  // each task says what is wrong with it
  return folder + '/' + program;
}

/// @param elsewhere other machines may have the files of programs
void refuse_missing_program(const CommandOptions& options, bool elsewhere) {
  const std::string program = options.parsed.program();
  if (program.empty()) return;
  if (program.find('/') != std::string::npos) {
    if (elsewhere || options.dry_run) return;
    const auto path = path_of(program, options.directory);
    if (path && ::access(path->c_str(), F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
      throw MissingProgram(program);
    return;
  }
  try {
    static_cast<void>(command::find_program(program));
  } catch (const std::system_error& error) {
    if (error.code().value() == ENOENT) throw MissingProgram(program);
    throw UsageError(fmt::format("{} cannot be run: {}", program, error.code().message()));
  }
}

std::string problem_of_missing(const std::string& program) {
  if (program.find('/') == std::string::npos)
    return fmt::format("there is no program {} on PATH{}", program, missing_program_advice(program));
  const bool absolute = program.starts_with('/');
  return fmt::format("there is no program {}; check its path{}", program,
                     absolute ? "" : ", which begins at the current folder or at that of --cwd");
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

MissingProgram::MissingProgram(const std::string& program)
    : UsageError(problem_of_missing(program)), program_(program) {}

bool names_command(const CommandLine& line, const OptionValues& values) {
  const CommandValues& command = values.command;
  if (command.cmd || command.sh || command.commands_file || line.form == LineForm::command) return true;
  if (values.input.tasks_file) return false;
  return line.form == LineForm::commands || (line.dashes_at == 1 && line.words.size() > 1);
}

command::CommandTemplate CommandText::parse(const std::vector<std::string>& columns) const {
  command::PlaceholderSyntax named = syntax;
  named.columns = columns;
  const bool bash = shell && std::string_view(*shell).substr(shell->rfind('/') + 1) == "bash";  // npos + 1 is 0
  const auto dialect = bash ? command::ShellDialect::bash : command::ShellDialect::common;
  auto parsed = script ? command::CommandTemplate::of_script(*script, add_inputs, named, dialect)
                       : command::CommandTemplate::of_words(words, add_inputs, named);
  if (!parsed) throw UsageError(fmt::format("{}: {}", source, parsed.error()));
  if (shell) parsed->set_shell(*shell);
  return std::move(*parsed);
}

std::optional<CommandOptions> command_options(const CommandLine& line, const OptionValues& values, Mode mode,
                                              bool stdin_is_terminal) {
  const CommandValues& command = values.command;
  if (!names_command(line, values)) {
    refuse_without_command(line, values);
    return std::nullopt;
  }
  if (values.input.tasks_file) throw UsageError("give a command with its inputs, or --tasks, not both");
  CommandOptions options;
  CommandTaker(line, command, mode, options)();
  take_inputs(line, command, values.run.seed, options);
  take_parts(command, options);
  for (const std::string& name : values.journal.reads) options.reads.push_back(part_text("--in", name, options));
  for (const std::string& name : values.journal.writes) options.writes.push_back(part_text("--out", name, options));
  if (values.output.results_directory) take_results(*values.output.results_directory, options);
  if (!options.advice) options.advice = command.stop_note;
  options.inputs.one_call = mode == Mode::apply;
  if (command.inputs.pipe && !options.inputs.lists.empty()) {
    throw UsageError("with --pipe commands get standard input, so the command line cannot have inputs");
  }
  if (options.inputs.lists.empty() && options.inputs.one_call && !command.inputs.pipe)
    options.inputs.lists.emplace_back();
  if (options.inputs.lists.empty() && stdin_is_terminal) {
    if (options.inputs.scripts) throw UsageError("a mode or a command is missing; prun --help shows the forms");
    throw UsageError("no input; give some after the command or after :::, or lines on standard input");
  }
  options.streams = streams_of(line, values);
  options.trace = command.trace;
  options.dry_run = command.dry_run;
  options.terminal = command.tty;
  refuse_missing_program(options, values.cluster.given);
  return options;
}

}  // namespace prun::app
