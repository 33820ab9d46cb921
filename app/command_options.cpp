// What a command line says of a command to run; see command_options.hpp.
#include "command_options.hpp"

#include "command_advice.hpp"
#include "command_parts.hpp"
#include "input_division.hpp"
#include "input_lists.hpp"
#include "missing_program.hpp"
#include "options/option_groups.hpp"
#include "shell_choice.hpp"
#include "usage_error.hpp"

#include "command/child_process.hpp"
#include "command/command_words.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace prun::app {
namespace {

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

void take_inputs(const CommandLine& line, const CommandValues& values, std::uint64_t seed, CommandOptions& options) {
  options.inputs = divided_inputs(line, values);
  options.inputs.seed = seed;
  options.inputs.lists = command_lists(line, values);
  options.inputs.scripts = inputs_are_commands(line, values);
  if (const auto empty = empty_list_advice(options.inputs)) options.advice = empty;
  if (!options.advice) options.advice = range_advice(options.inputs.lists);
  const bool many = (line.has("--max-args") || values.lines || values.spread) && !values.inputs.no_args;
  if (!many) return;
  const std::size_t room = room_for_inputs(options.parsed, options.is_script);
  options.inputs.max_bytes = options.inputs.max_bytes == 0 ? room : std::min(room, options.inputs.max_bytes);
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

bool names_command(const CommandLine& line, const OptionValues& values) {
  const CommandValues& command = values.command;
  if (command.cmd || command.sh || command.commands_file || line.form == LineForm::command) return true;
  if (values.input.tasks_file) return false;
  return line.form == LineForm::commands || (line.dashes_at == 1 && line.words.size() > 1);
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
  take_parts(values, options);
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
  const bool may_be_elsewhere = options.dry_run || values.cluster.given;
  refuse_missing_program(options.parsed.program(), options.directory, may_be_elsewhere);
  return options;
}

}  // namespace prun::app
