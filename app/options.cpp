// What a command line asks for; see options.hpp.
#include "options.hpp"

#include "command_words.hpp"
#include "completion/completion.hpp"
#include "config/config_options.hpp"
#include "first_word_advice.hpp"
#include "help/help.hpp"
#include "host_files.hpp"
#include "input_lists.hpp"
#include "missing_program.hpp"
#include "numbers.hpp"
#include "options/cluster_rules.hpp"
#include "options/command_line.hpp"
#include "options/option_rules.hpp"
#include "report_name.hpp"
#include "trace_name.hpp"
#include "usage_error.hpp"

#include "command/command_words.hpp"
#include "output/format_template.hpp"
#include "output/json_schema.hpp"
#include "output/results_table.hpp"
#include "sys/cpu_budget.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// The mode or subcommand. Of a command line without one, the mode that it implies.
const CommandWord& command_word(const CommandLine& line) { return *find_command_word(line.words.front()); }

/// Whether the output tells when tasks ran and for how long; the clock is not read for nothing.
bool shows_times(const OutputOptions& output, LogLevel log_level) {
  if (log_level <= LogLevel::debug) return true;
  if (output.results_directory && ResultsTable::dialect_of(*output.results_directory)) return true;
  if (!output.format_template) return output.format != Format::text;
  const auto format_template = parse_template(*output.format_template);
  if (!format_template) throw UsageError(to_string(format_template.error()));
  return std::any_of(format_template->segments.begin(), format_template->segments.end(), [](const Segment& segment) {
    return segment.placeholder &&
           (segment.placeholder->field == Field::started || segment.placeholder->field == Field::duration);
  });
}

RunOptions run_options(const CommandLine& line, const OptionValues& values, Mode mode) {
  RunOptions run = values.run;
  run.mode = mode;
  if (!line.has("--jobs")) run.workers = std::clamp(run.cpu_budget, 1U, max_workers);
  if (values.command.tty) {
    if (line.has("--jobs") && run.workers != 1)
      throw UsageError("--tty gives the terminal to one command at a time; leave --jobs out");
    run.workers = 1;
  }
  return run;
}

FunctionOptions function_options(FunctionOptions functions) {
  if (const char* plugin_path = std::getenv("PRUN_PLUGIN_PATH")) functions.plugin_path = plugin_path;
  return functions;
}

InputOptions input_options(const CommandLine& line, const OptionValues& values, Mode mode) {
  InputOptions input = values.input;
  input.unpack = mode == Mode::starmap || mode == Mode::submit || mode == Mode::apply;
  input.one_call = mode == Mode::apply;
  const CommandValues& command = values.command;
  if (line.form == LineForm::word && !command.cmd && !command.sh && !command.commands_file)
    take_function_words(line, input);
  input.stdin_is_terminal = ::isatty(STDIN_FILENO) == 1;
  return input;
}

TextStyle style_of(Mode mode) {
  switch (mode) {
    case Mode::imap_unordered: return TextStyle::pairs;
    case Mode::submit:
    case Mode::apply: return TextStyle::calls;
    case Mode::map:
    case Mode::starmap:
    case Mode::imap: break;
  }
  return TextStyle::table;
}

OutputOptions output_options(const CommandLine& line, const OptionValues& values, Mode mode) {
  if (values.output.format_template && values.output.format != Format::text) {
    throw UsageError(fmt::format("--format and --output {} cannot be used together: a template is a form of text",
                                 line.find("--output")->text));
  }
  OutputOptions output = values.output;
  output.style = style_of(mode);
  output.red_failures = shows_colors(values.color, STDERR_FILENO);
  if (output.tag && shows_colors(values.color, STDOUT_FILENO)) output.tag->use_color();
  return output;
}

/// Programs may be run: as the command, by task files, which may hold any, or through a function that does just that.
bool may_run_programs(const RunTasks& run) {
  const std::vector<std::string>& words = run.input.words;
  const auto calls = [](std::string_view word, std::string_view function) {
    return word == function || (word.starts_with(function) && word[function.size()] == '(');
  };
  return run.command || words.empty() || std::any_of(words.begin(), words.end(), [&](const std::string& word) {
           return calls(word, "command") || calls(word, "shell");
         });
}

ListFunctions functions_options(const CommandLine& line, const OptionValues& values) {
  return {values.json, {line.words.begin() + 1, line.words.end()}, function_options(values.functions)};
}

NewProject new_options(const CommandLine& line) {
  if (line.words.size() != 3 || line.words[1] != "plugin") {
    throw UsageError("prun new takes what to write and its name: prun new plugin mine");
  }
  return {line.words[2]};
}

ShowJournal show_options(const CommandLine& line, const OptionValues& values) {
  if (line.words.size() != 2) throw UsageError("prun journal takes the name of a journal: prun journal run.db");
  return {line.words[1], values.json};
}

WriteReport report_options(const CommandLine& line, const OptionValues& values) {
  if (line.words.size() < 2 || line.words.size() > 3)
    throw UsageError("prun report takes the name of a journal, and of the page: prun report run.db run.html");
  WriteReport report{line.words[1], std::nullopt, values.run_number};
  if (line.words.size() == 3) {
    check_report_name(line.words[2]);
    report.output = line.words[2];
  }
  return report;
}

WriteTrace trace_options(const CommandLine& line, const OptionValues& values) {
  if (line.words.size() != 3)
    throw UsageError("prun trace takes the name of a journal, and of the trace: prun trace run.db run.pftrace");
  check_trace_name(line.words[2]);
  return {line.words[1], line.words[2], values.run_number};
}

PrintText schema_options(const CommandLine& line) {
  if (line.words.size() > 1) throw UsageError("prun schema takes no arguments: prun schema > prun.schema.json");
  return PrintText{json_schema()};
}

/// The options are for the recorded command line: there their values are checked, and how they go together.
RetryRun retry_options(const CommandLine& line, const std::vector<std::string>& command_line) {
  if (line.words.size() != 2) throw UsageError("prun retry takes the name of a journal: prun retry run.db");
  RetryRun retry{line.words[1], {command_line.begin() + 1, command_line.end()}, line.has("--partial")};
  for (const std::string& word : line.words) {
    retry.options.erase(std::find(retry.options.begin(), retry.options.end(), word));
  }
  std::erase(retry.options, "--partial");
  return retry;
}

/// What explains the command that was meant, also where the command line makes no sense.
std::string help_command(int argc, const char* const* argv) {
  const std::span<const char* const> words(argv + std::min(argc, 1), argv + argc);
  if (beginning_of(words).form != LineForm::word) return "prun --help";
  for (int i = 1; i < argc; ++i) {
    if (const CommandWord* word = find_command_word(argv[i])) return fmt::format("prun {} --help", word->name);
  }
  return "prun --help";
}

/// Without a mode, the first word may have been meant as one, or as a function.
std::optional<CommandOptions> command_meant(const CommandLine& line, const OptionValues& values, Mode mode,
                                            bool stdin_is_terminal, const std::vector<std::string>& command_line) {
  if (line.form != LineForm::command) return command_options(line, values, mode, stdin_is_terminal);
  const std::size_t word_at = command_line.size() - (line.words.size() - 1);
  if (word_at < command_line.size()) {
    if (const std::string meant = describe_call(command_line, word_at); !meant.empty()) throw UsageError(meant);
  }
  try {
    return command_options(line, values, mode, stdin_is_terminal);
  } catch (const MissingProgram& missing) {
    if (word_at >= command_line.size() || missing.program() != command_line[word_at]) throw;
    throw UsageError(describe_unknown_program(command_line, word_at, missing.what()));
  }
}

/// @throws UsageError where tasks cannot start one by one
OrderValues order_options(const OptionValues& values) {
  if (values.run.order == order::StartOrder::of_input) return {};
  if (values.run.guided_chunks || values.run.chunksize.value_or(1) != 1)
    throw UsageError("--order and --chunksize cannot be used together: with --order, tasks start one by one");
  return values.order;
}

/// Nothing prints or records the tasks, so that a task can be a place in a file.
bool tasks_are_not_shown(const RunTasks& run, const OptionValues& values) {
  const bool plain = run.output.format == Format::text || run.output.format == Format::raw;
  return plain && !run.output.format_template && !values.journal.path;
}

RunTasks run_tasks_options(const CommandLine& line, const OptionValues& values, Mode mode,
                           std::vector<std::string> command_line) {
  const InputOptions input = input_options(line, values, mode);
  RunTasks run{run_options(line, values, mode),
               function_options(values.functions),
               input,
               command_meant(line, values, mode, input.stdin_is_terminal, command_line),
               output_options(line, values, mode),
               values.logging,
               values.jobserver};
  // The number of tokens of an own jobserver could not follow the file.
  run.jobserver.offer = may_run_programs(run) && !values.jobs_file;
  run.run.measure_usage = run.output.format == Format::json || run.output.format == Format::jsonl;
  run.run.measure = shows_times(run.output, std::min(run.logging.terminal, run.logging.file_level));
  run.cluster = values.cluster;
  check_cluster_options(line, run.cluster);
  if (run.cluster.given && !run.run.chunksize) run.run.guided_chunks = true;
  run.summary = values.summary;
  run.explain = values.explain;
  run.workers_given = line.has("--jobs");
  if (!(run.command && run.command->terminal)) run.jobs_file = values.jobs_file;
  run.reports = values.reports;
  run.traces = values.traces;
  run.files = named_files(line, run.command ? run.command->inputs.lists : std::vector<InputList>{});
  run.command_line = command_line;
  run.advises = !run.output.quiet && ::isatty(STDERR_FILENO) == 1;
  run.progress = values.progress;
  if (line.has("--progress-fd") && !line.has("--progress")) run.progress.style = ProgressStyle::json;
  run.joblog = values.joblog;
  run.order = order_options(values);
  run.failure_status = values.failure_status;
  run.at_end = values.at_end;
  run.suspension = values.suspension;
  if (run.command && values.command.spread) run.command->inputs.spread_over = run.run.workers;
  run.output.commands = run.command.has_value();
  if (run.command) run.command->inputs.blocks.by_range = tasks_are_not_shown(run, values) && !run.cluster.given;
  run.journal = journal_request(values, run, std::move(command_line));
  return run;
}

/// What is printed and needs nothing else to make sense, such as --help.
std::optional<PrintText> text_to_print(const CommandLine& line) {
  if (line.has("--version")) return PrintText{line.has("--verbose") ? build_text() : version_text()};
  if (const GivenOption* completion = line.find("--completion")) {
    OptionValues unused;
    take_values({{*completion}, {}, {}, {}}, unused);
    return PrintText{completion_script(completion->text)};
  }
  if (line.form != LineForm::word) {
    if (line.has("--help")) return PrintText{general_help()};
    const bool nothing_given = line.options.empty() && line.words.size() == 1 && ::isatty(STDIN_FILENO) == 1;
    if (line.has("-h") || nothing_given) return PrintText{short_help()};
    return std::nullopt;
  }
  if (line.has("--help")) return PrintText{help_for(command_word(line))};
  if (line.has("-h")) return PrintText{short_help_for(command_word(line))};
  return std::nullopt;
}

/// The mode with --no-keep-order.
Mode mode_of(Mode mode, const OptionValues& values) {
  if (values.command.keep_order) return mode;
  if (mode != Mode::imap && mode != Mode::imap_unordered)
    throw UsageError(
        "--no-keep-order is for commands without a mode; the mode imap_unordered prints outputs as tasks end");
  return Mode::imap_unordered;
}

/// Adds the options of the configuration to the line, and to the words that a journal records.
void take_config(CommandLine& line, const CommandWord& word, std::vector<std::string>& command_line) {
  const GivenOption* const profile = line.find("--profile");
  const auto lines = read_config(profile != nullptr ? std::optional(profile->text) : std::nullopt);
  if (lines.empty()) return;
  const bool runs_commands =
      line.form != LineForm::word || line.dashes_at || line.has("--cmd") || line.has("--sh") || line.has("--commands");
  const std::vector<std::string> words = add_config(lines, word, runs_commands, line);
  command_line.insert(command_line.begin() + 1, words.begin(), words.end());
}

Command interpret(CommandLine line, std::vector<std::string> command_line, Config config) {
  if (auto text = text_to_print(line)) return std::move(*text);
  const CommandWord& word = command_word(line);
  const std::vector<std::string> given_line = command_line;
  choose_entries(line, word);
  if (word.name == "retry") return retry_options(line, command_line);
  if (word.mode && config == Config::read && !line.has("--no-config")) take_config(line, word, command_line);
  OptionValues values;
  if (word.mode) values.run.cpu_budget = sys::cpu_budget();
  check_combinations(line);
  take_values(line, values);
  if (config != Config::of_head) read_host_files(values.cluster);
  if (word.name == "new") return new_options(line);
  if (word.name == "schema") return schema_options(line);
  if (word.name == "journal") return show_options(line, values);
  if (word.name == "report") return report_options(line, values);
  if (word.name == "trace") return trace_options(line, values);
  if (!word.mode) return functions_options(line, values);
  if (line.form != LineForm::word && values.input.tasks_file && line.words.size() == 1)
    throw UsageError("a mode comes before --tasks: prun submit --tasks FILE");
  RunTasks run = run_tasks_options(line, values, mode_of(*word.mode, values), std::move(command_line));
  run.given_line = given_line;
  return run;
}

/// `prun help --cmd` asks about an option; after `help` no word is one.
Command help_options(const std::vector<std::string>& command_line) {
  if (command_line.size() == 2) return PrintText{general_help()};
  if (command_line.size() > 3) throw UsageError("prun help takes one topic: prun help topics lists them");
  if (command_line[2] == "-h" || command_line[2] == "--help") return PrintText{help_for(*find_command_word("help"))};
  return ExplainTopic{command_line[2]};
}

/// `prun xargs -n 2 echo`: the options are those of xargs.
Command xargs_options(const std::vector<std::string>& words) {
  if (!words.empty() && (words.front() == "--help" || words.front() == "-h"))
    return PrintText{help_for(*find_command_word("xargs"))};
  if (!words.empty() && words.front() == "--version") return PrintText{version_text()};
  return parse_xargs(words);
}

/// `prun sem -j 4 COMMAND`: the options are those of GNU sem.
Command sem_options(const std::vector<std::string>& words) {
  if (!words.empty() && (words.front() == "--help" || words.front() == "-h"))
    return PrintText{help_for(*find_command_word("sem"))};
  if (!words.empty() && words.front() == "--version") return PrintText{version_text()};
  return parse_sem(words);
}

/// `prun -j1 sem --id m true`: options of prun would come before the word, but these words have options of their own.
void refuse_options_before_word(const std::vector<std::string>& command_line, std::span<const char* const> words) {
  const LineBeginning beginning = beginning_of(words);
  if (beginning.form != LineForm::word || beginning.word_at == 0) return;
  const std::string word = words[beginning.word_at];
  const auto asks_for_text = [](std::string_view before) {
    return before == "--help" || before == "-h" || before == "--version";
  };
  if ((word != "sem" && word != "xargs") || std::ranges::any_of(words.first(beginning.word_at), asks_for_text)) return;
  std::vector<std::string> meant = command_line;
  meant.front() = "prun";
  std::rotate(meant.begin() + 1, meant.begin() + 1 + static_cast<std::ptrdiff_t>(beginning.word_at),
              meant.begin() + 2 + static_cast<std::ptrdiff_t>(beginning.word_at));
  throw UsageError(fmt::format("the options of prun {0} come after {0}: {1}", word, command::join_words(meant)));
}

/// `prun agent`, as launchers start it.
Command agent_options(const std::vector<std::string>& words) {
  if (words.empty()) return ServeHead{};
  if (words.front() == "--help" || words.front() == "-h") return PrintText{agent_help()};
  throw UsageError("prun agent takes no arguments: a prun on another machine starts it", "prun agent --help");
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv, Config config) try {
  std::vector<std::string> command_line(argv, argv + argc);
  if (argc > 1 && command_line[1] == "help") return help_options(command_line);
  if (argc > 1 && command_line[1] == "agent") return agent_options({command_line.begin() + 2, command_line.end()});
  if (argc > 1 && command_line[1] == "sem") return sem_options({command_line.begin() + 2, command_line.end()});
  if (argc > 1 && command_line[1] == "xargs") return xargs_options({command_line.begin() + 2, command_line.end()});
  refuse_options_before_word(command_line, {argv + std::min(argc, 1), argv + argc});
  return interpret(split_command_line(argc, argv), std::move(command_line), config);
} catch (const UsageError& e) {
  throw UsageError(e.what(), help_command(argc, argv));
}

}  // namespace prun::app
