// What a command line asks for; see options.hpp.
#include "options.hpp"

#include "command_words.hpp"
#include "help.hpp"
#include "input_lists.hpp"
#include "numbers.hpp"
#include "option_texts.hpp"
#include "reliability_options.hpp"
#include "usage_error.hpp"

#include "output/format_template.hpp"
#include "serving/protocol_text.hpp"
#include "sys/cpu_budget.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

std::string names_of_modes() {
  std::string names;
  for (const CommandWord& word : command_words()) {
    if (!word.mode) continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", word.name);
  }
  return names;
}

const CommandWord& command_word(const OptionTexts& texts) {
  if (texts.words.empty()) throw UsageError(fmt::format("a mode is missing; it is one of {}", names_of_modes()));
  const std::string& name = texts.words.front();
  if (const CommandWord* word = find_command_word(name)) return *word;
  std::vector<std::string_view> candidates;
  for (const CommandWord& word : command_words()) candidates.push_back(word.name);
  const std::string_view meant = nearest(name, candidates);
  throw UsageError(meant.empty() ? fmt::format("unknown mode '{}'; it is one of {}", name, names_of_modes())
                                 : fmt::format("unknown mode '{}'; did you mean {}?", name, meant));
}

/// Two options that contradict each other.
void refuse_both(bool first_given, bool second_given, std::string_view first, std::string_view second,
                 std::string_view why) {
  if (first_given && second_given)
    throw UsageError(fmt::format("{} and {} exclude each other: {}", first, second, why));
}

/// Whether the output tells when tasks ran and for how long; the clock is not read for nothing.
bool shows_times(const OptionTexts& texts, LogLevel log_level) {
  if (log_level <= LogLevel::debug) return true;
  if (!texts.format) return texts.output.value_or("text") != "text";
  const auto format_template = parse_template(*texts.format);
  if (!format_template) throw UsageError(to_string(format_template.error()));
  return std::any_of(format_template->segments.begin(), format_template->segments.end(), [](const Segment& segment) {
    return segment.placeholder &&
           (segment.placeholder->field == Field::started || segment.placeholder->field == Field::duration);
  });
}

RunOptions run_options(const OptionTexts& texts, Mode mode) {
  refuse_both(texts.threads, texts.max_tasks_per_child.has_value(), "--threads", "--max-tasks-per-child",
              "threads have no worker processes to replace");
  RunOptions run;
  run.mode = mode;
  run.cpu_budget = sys::cpu_budget();
  run.workers =
      texts.jobs ? parse_jobs("--jobs", *texts.jobs, run.cpu_budget) : std::clamp(run.cpu_budget, 1U, max_workers);
  if (texts.tty) {
    if (texts.jobs && run.workers != 1)
      throw UsageError("--tty gives commands the terminal one at a time; leave --jobs out");
    run.workers = 1;
  }
  run.threads = texts.threads;
  run.guided_chunks = texts.chunksize == "auto";
  if (texts.chunksize && !run.guided_chunks) run.chunksize = parse_count("--chunksize", *texts.chunksize);
  if (texts.max_tasks_per_child) {
    run.max_tasks_per_child = parse_count("--max-tasks-per-child", *texts.max_tasks_per_child);
  }
  if (texts.seed) run.seed = parse_seed("--seed", *texts.seed);
  if (texts.buffersize) run.window_tasks = parse_count("--buffersize", *texts.buffersize);
  if (texts.buffer_bytes) run.window_bytes = parse_size("--buffer-bytes", *texts.buffer_bytes);
  run.skip_bad = texts.skip_bad;
  take_reliability_options(texts, run);
  return run;
}

FunctionOptions function_options(const OptionTexts& texts) {
  const char* plugin_path = std::getenv("PRUN_PLUGIN_PATH");
  return {texts.plugins,         plugin_path == nullptr ? "" : plugin_path,
          texts.serve,           texts.python,
          texts.initializer,     texts.python_code,
          texts.default_function};
}

InputOptions input_options(const OptionTexts& texts, Mode mode) {
  InputOptions input;
  input.unpack = mode == Mode::starmap || mode == Mode::submit || mode == Mode::apply;
  input.one_call = mode == Mode::apply;
  if (!texts.cmd && !texts.sh) take_function_words(texts, input);
  input.tasks_file = texts.tasks;
  input.null_separated = texts.null;
  input.text = texts.text;
  input.stdin_is_terminal = ::isatty(STDIN_FILENO) == 1;
  return input;
}

OutputOptions::Format format_named(std::string_view name) {
  using Format = OutputOptions::Format;
  static constexpr std::array<std::pair<std::string_view, Format>, 6> formats{{{"text", Format::text},
                                                                               {"json", Format::json},
                                                                               {"jsonl", Format::jsonl},
                                                                               {"csv", Format::csv},
                                                                               {"tsv", Format::tsv},
                                                                               {"raw", Format::raw}}};
  for (const auto& [known, format] : formats) {
    if (known == name) return format;
  }
  throw UsageError(fmt::format("--output takes text, json, jsonl, csv, tsv or raw, not '{}'", name));
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

OutputOptions output_options(const OptionTexts& texts, Mode mode) {
  OutputOptions output;
  if (texts.output) output.format = format_named(*texts.output);
  refuse_both(texts.format.has_value(), output.format != OutputOptions::Format::text, "--format",
              "--output " + texts.output.value_or(""), "a template is a form of text");
  output.format_template = texts.format;
  output.style = style_of(mode);
  output.quiet = texts.quiet;
  output.tag = texts.tag;
  output.results_directory = texts.results;
  return output;
}

LoggingOptions logging_options(const OptionTexts& texts) {
  refuse_both(texts.quiet, texts.verbose, "--quiet", "--verbose", "one asks for less, the other for more");
  LoggingOptions logging;
  logging.file = texts.log_file;
  if (texts.verbose) logging.terminal = LogLevel::info;
  if (texts.log_level) {
    const auto level = log_level_named(*texts.log_level);
    if (!level) {
      throw UsageError(
          fmt::format("--log-level takes trace, debug, info, warn, error or off, not '{}'", *texts.log_level));
    }
    if (!texts.quiet) logging.terminal = *level;
    logging.file_level = *level;
  }
  return logging;
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

JobserverOptions jobserver_options(const OptionTexts& texts, const RunTasks& run) {
  JobserverOptions jobserver;
  jobserver.wanted = !texts.no_jobserver;
  jobserver.offer = may_run_programs(run);
  if (!texts.jobserver_style) return jobserver;
  refuse_both(texts.no_jobserver, true, "--no-jobserver", "--jobserver-style", "there is none to be reached");
  if (*texts.jobserver_style != "pipe" && *texts.jobserver_style != "fifo") {
    throw UsageError(fmt::format("--jobserver-style takes pipe or fifo, not '{}'", *texts.jobserver_style));
  }
  if (*texts.jobserver_style == "fifo") jobserver.style = jobserver::Style::fifo;
  return jobserver;
}

ListFunctions functions_options(const OptionTexts& texts) {
  static constexpr std::array<std::string_view, 5> own{"--output", "--plugin", "--serve", "--python", "--python-code"};
  for (const std::string& option : texts.given) {
    if (std::find(own.begin(), own.end(), option) == own.end())
      throw UsageError(fmt::format("{} has no meaning for prun functions", option));
  }
  const std::string output = texts.output.value_or("text");
  if (output != "text" && output != "json") {
    throw UsageError(fmt::format("--output takes text or json for prun functions, not '{}'", output));
  }
  return {output == "json", {texts.words.begin() + 1, texts.words.end()}, function_options(texts)};
}

NewProject new_options(const OptionTexts& texts) {
  if (!texts.given.empty()) throw UsageError(fmt::format("{} has no meaning for prun new", texts.given.front()));
  if (texts.words.size() != 3 || texts.words[1] != "plugin") {
    throw UsageError("prun new takes what to write and its name: prun new plugin mine");
  }
  return {texts.words[2]};
}

PrintText help_options(const OptionTexts& texts) {
  if (texts.words.size() == 1) return {general_help()};
  if (texts.words.size() > 2) throw UsageError("prun help takes one word: a mode, or worker-protocol");
  const std::string& topic = texts.words[1];
  if (topic == "worker-protocol") return {std::string(serving::protocol_text())};
  if (const CommandWord* word = find_command_word(topic)) return {help_for(*word)};
  throw UsageError(
      fmt::format("there is no help on '{}'; there is on {}, functions, journal, retry, new and worker-protocol", topic,
                  names_of_modes()));
}

ShowJournal show_options(const OptionTexts& texts) {
  if (texts.words.size() != 2) throw UsageError("prun journal takes the name of a journal: prun journal run.db");
  for (const std::string& option : texts.given) {
    if (option != "--output") throw UsageError(fmt::format("{} has no meaning for prun journal", option));
  }
  const std::string output = texts.output.value_or("text");
  if (output != "text" && output != "json") {
    throw UsageError(fmt::format("--output takes text or json for prun journal, not '{}'", output));
  }
  return {texts.words[1], output == "json"};
}

RetryRun retry_options(const OptionTexts& texts, const std::vector<std::string>& command_line) {
  if (texts.words.size() != 2) throw UsageError("prun retry takes the name of a journal: prun retry run.db");
  RetryRun retry{texts.words[1], {command_line.begin() + 1, command_line.end()}, texts.partial};
  for (const std::string& word : texts.words) {
    retry.options.erase(std::find(retry.options.begin(), retry.options.end(), word));
  }
  std::erase(retry.options, "--partial");
  return retry;
}

/// What explains the command that was meant, also where the command line makes no sense.
std::string help_command(int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    if (const CommandWord* word = find_command_word(argv[i])) return fmt::format("prun {} --help", word->name);
  }
  return "prun --help";
}

Command interpret(const OptionTexts& texts, std::vector<std::string> command_line) {
  if (texts.version) return PrintText{version_text()};
  if (texts.help && texts.words.empty()) return PrintText{general_help()};
  const CommandWord& word = command_word(texts);
  if (texts.help) return PrintText{help_for(word)};
  if (word.name == "new") return new_options(texts);
  if (word.name == "help") return help_options(texts);
  if (word.name == "journal") return show_options(texts);
  if (word.name == "retry") return retry_options(texts, command_line);
  if (!word.mode) return functions_options(texts);
  if (texts.partial) throw UsageError("--partial is for prun retry");
  const InputOptions input = input_options(texts, *word.mode);
  RunTasks run{run_options(texts, *word.mode),
               function_options(texts),
               input,
               command_options(texts, *word.mode, input.stdin_is_terminal),
               output_options(texts, *word.mode),
               logging_options(texts),
               {}};
  run.jobserver = jobserver_options(texts, run);
  run.run.measure_usage =
      run.output.format == OutputOptions::Format::json || run.output.format == OutputOptions::Format::jsonl;
  run.run.measure = shows_times(texts, std::min(run.logging.terminal, run.logging.file_level));
  run.journal = journal_request(texts, run, std::move(command_line));
  return run;
}

}  // namespace

Command parse_command_line(int argc, const char* const* argv) try {
  return interpret(split_command_line(argc, argv), {argv, argv + argc});
} catch (const UsageError& e) {
  throw UsageError(e.what(), help_command(argc, argv));
}

}  // namespace prun::app
