// The options as they stand on the command line; see option_texts.hpp. The one file that knows CLI11.
#include "option_texts.hpp"

#include "command_words.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

struct Declaration {
  const char* names;
  const char* value;  ///< what the help calls the value
  const char* group;
  std::optional<std::string> OptionTexts::*target;
  const char* help;
};

constexpr const char* pool = "Pool";
constexpr const char* failures = "Failures and limits";
constexpr const char* journals = "Journal";
constexpr const char* functions = "Functions";
constexpr const char* input = "Input";
constexpr const char* commands = "Commands";
constexpr const char* output = "Output";
constexpr const char* messages = "Messages";

constexpr Declaration declarations[] = {
    {"-j,--jobs,--workers", "N|P%", pool, &OptionTexts::jobs,
     "workers, or a share of the CPUs (default: every CPU that prun may use)"},
    {"-c,--chunksize", "N|auto", pool, &OptionTexts::chunksize,
     "tasks that a worker takes at once (default: map, starmap: a quarter\n"
     "of a worker's share; other modes: 1); auto: guided by measured time"},
    {"--max-tasks-per-child", "N", pool, &OptionTexts::max_tasks_per_child, "replace a worker after N tasks"},
    {"--initializer", "CALL", pool, &OptionTexts::initializer,
     "a call that each worker makes before its first task, such as 'setup(3)'"},
    {"--python", "PATH", functions, &OptionTexts::python,
     "the Python of functions such as article.py:fib (default: python3)"},
    {"--python-code", "CODE", functions, &OptionTexts::python_code,
     "Python code that defines functions: 'def f(x): return x * 2'"},
    {"--default", "FUNCTION", functions, &OptionTexts::default_function,
     "a Python function that converts results which have no form in JSON"},
    {"--seed", "N", pool, &OptionTexts::seed,
     "the run's seed; a task's is made of it and the task's index (default: 0)"},
    {"--buffersize", "N", pool, &OptionTexts::buffersize, "most tasks read ahead of the result that is printed next"},
    {"--buffer-bytes", "SIZE", pool, &OptionTexts::buffer_bytes,
     "most bytes of their arguments and results that wait, such as 16M"},
    {"--retries", "N", failures, &OptionTexts::retries, "try a task that failed up to N times again"},
    {"--retry-on", "KINDS", failures, &OptionTexts::retry_on,
     "which failures: crash,timeout (default), exception, exit, all"},
    {"--retry-delay", "TIME", failures, &OptionTexts::retry_delay,
     "the first pause, doubled with each, give or take a half (default: 100ms)"},
    {"--timeout", "TIME", failures, &OptionTexts::timeout,
     "end a task, and what it has started, after TIME: 30s, 500ms, 2m"},
    {"--grace", "TIME", failures, &OptionTexts::grace,
     "time that a command has to end when it is asked to, before it is\nkilled (default: 400ms)"},
    {"--deadline", "TIME", failures, &OptionTexts::deadline, "end the run after TIME"},
    {"--halt", "WHEN,WHAT", failures, &OptionTexts::halt,
     "end early: soon (start nothing more) or now (end what runs too), with\n"
     "fail=N, fail=P%, success=N or done=N (default: never)"},
    {"--cpu-limit", "TIME", failures, &OptionTexts::cpu_limit, "end a task that has used so much CPU time"},
    {"--memory-limit", "SIZE", failures, &OptionTexts::memory_limit,
     "memory that a task may have, with all it starts where control groups\n"
     "(v2) are delegated; elsewhere the private memory of each process"},
    {"--stack-size", "SIZE", pool, &OptionTexts::stack_size,
     "stack of a worker (default: 64M; commands have prun's own)"},
    {"--nice", "N", pool, &OptionTexts::nice, "lower the workers' priority by N"},
    {"--delay", "TIME", pool, &OptionTexts::delay, "pause between the starts of tasks"},
    {"--max-load", "N|P%", pool, &OptionTexts::max_load, "start no task while so many processes run on the machine"},
    {"--min-free-memory", "SIZE", pool, &OptionTexts::min_free_memory, "start no task while less memory is available"},
    {"--admit", "memory", pool, &OptionTexts::admit, "start a task when what its function was seen to use is free"},
    {"--jobserver-style", "STYLE", pool, &OptionTexts::jobserver_style,
     "how commands get at prun's jobserver: pipe (default), or fifo, by\n"
     "which ninja takes part too"},
    {"--journal", "FILE", journals, &OptionTexts::journal,
     "record every task and attempt in FILE, a SQLite database; see\n"
     "prun journal --help, prun retry --help"},
    {"--tasks", "FILE|-", input, &OptionTexts::tasks,
     "read tasks (a JSON array, or JSON Lines) from FILE or standard input"},
    {"--cmd", "COMMAND", commands, &OptionTexts::cmd,
     "run COMMAND for each input, without a shell; places: {} {.} {/} {//}\n"
     "{/.} {#} {%} {1} {2/.}; also: prun MODE -- COMMAND ::: INPUT..."},
    {"--sh", "SCRIPT", commands, &OptionTexts::sh, "run SCRIPT with /bin/sh; inputs are quoted for it"},
    {"--colsep", "REGEX", commands, &OptionTexts::colsep, "split each input into {1} {2} ..."},
    {"-n,--max-args", "N|max", commands, &OptionTexts::max_args, "inputs a command; max: as many as the system allows"},
    {"--block", "SIZE", commands, &OptionTexts::block, "size of a block of --pipe, cut at a line's end (default: 1M)"},
    {"--results", "DIR", commands, &OptionTexts::results, "keep what each command wrote in files below DIR, too"},
    {"--output", "FORMAT", output, &OptionTexts::output,
     "text (default), json, jsonl, csv, tsv, or raw: what commands wrote"},
    {"--format", "TEMPLATE", output, &OptionTexts::format,
     "one line a task, such as '{time} {args} {result}'; fields: time index id\n"
     "function args kwargs call result error kind started duration worker attempt"},
    {"--log-level", "LEVEL", messages, &OptionTexts::log_level, "trace, debug, info, warn, error or off"},
    {"--log-file", "FILE", messages, &OptionTexts::log_file, "append the log to FILE"},
};

/// Options that may be given several times, each time with one value.
struct ListDeclaration {
  const char* names;
  const char* value;
  const char* group;
  std::vector<std::string> OptionTexts::*target;
  const char* help;
};

constexpr ListDeclaration list_declarations[] = {
    {"-a,--arg-file", "FILE", commands, &OptionTexts::arg_files, "inputs, one a line, from FILE"},
    {"--plugin", "FILE", functions, &OptionTexts::plugins,
     "a plugin whose functions can be called by their bare names (repeatable)"},
    {"--serve", "COMMAND", functions, &OptionTexts::serve,
     "a program whose functions can be called, one process of it a worker\n"
     "(repeatable); see prun help worker-protocol"},
};

struct FlagDeclaration {
  const char* names;
  const char* group;
  bool OptionTexts::*target;
  const char* help;
};

constexpr FlagDeclaration flag_declarations[] = {
    {"--threads", pool, &OptionTexts::threads, "threads of one process instead of worker processes"},
    {"--pin", pool, &OptionTexts::pin, "each worker on a CPU of its own"},
    {"--no-jobserver", pool, &OptionTexts::no_jobserver,
     "neither share make's jobs, nor the workers with makes that are run"},
    {"--resume", journals, &OptionTexts::resume, "go on with the journal: run what is missing, print all"},
    {"--resume-failed", journals, &OptionTexts::resume_failed, "the same, and run what failed again"},
    {"--partial", journals, &OptionTexts::partial,
     "(prun retry) accept that the journal does not have the whole input"},
    {"--null", input, &OptionTexts::null, "(or -0) inputs read with - end with NUL instead of a newline"},
    {"--text", input, &OptionTexts::text, "inputs are strings as they stand: 0012, 1e5, null, [a].txt, 1..3"},
    {"--skip-bad", input, &OptionTexts::skip_bad, "report bad input and go on behind it"},
    {"--pipe", commands, &OptionTexts::pipe, "cut standard input into blocks for the commands' own"},
    {"--tag", commands, &OptionTexts::tag, "the inputs before each line that a command wrote"},
    {"--line-buffer", commands, &OptionTexts::line_buffer, "print lines as commands write them"},
    {"--ungroup", commands, &OptionTexts::ungroup, "commands write to prun's own outputs"},
    {"--tty", commands, &OptionTexts::tty, "give each command the terminal, one at a time"},
    {"--dry-run", commands, &OptionTexts::dry_run, "print what would be run"},
    {"-q,--quiet", messages, &OptionTexts::quiet, "no messages about tasks that failed"},
    {"-v,--verbose", messages, &OptionTexts::verbose, "say what is done, with a summary at the end"},
    {"-h,--help", messages, &OptionTexts::help, "this help; prun MODE --help explains a mode"},
    {"--version", messages, &OptionTexts::version, "prun's version"},
};

/// Whether words may mean an option. CLI11 compares each option that is declared with all before it, which took a third of
/// the shortest run: only those that are meant are declared to read a command line.
class Meant {
 public:
  static Meant all() { return Meant(nullptr); }
  static Meant by(const std::vector<std::string>& words) { return Meant(&words); }

  /// @param names "-j,--jobs,--workers"
  bool operator()(std::string_view names) const {
    if (words_ == nullptr) return true;
    for (std::size_t end = 0; end != std::string_view::npos; names.remove_prefix(end + 1)) {
      end = names.find(',');
      const std::string_view name = names.substr(0, end);
      if (std::ranges::any_of(*words_, [name](std::string_view word) { return means(word, name); })) return true;
      if (end == std::string_view::npos) break;
    }
    return false;
  }

 private:
  explicit Meant(const std::vector<std::string>* words) : words_(words) {}

  static bool means(std::string_view word, std::string_view name) {
    if (!word.starts_with('-')) return false;
    if (!name.starts_with("--")) return !word.starts_with("--") && word.find(name[1]) != std::string_view::npos;
    return word.starts_with(name) && (word.size() == name.size() || word[name.size()] == '=');
  }

  const std::vector<std::string>* words_;
};

void declare(CLI::App& app, OptionTexts& texts, const Meant& meant) {
  app.set_help_flag();
  app.allow_extras();
  for (const Declaration& d : declarations) {
    if (!meant(d.names)) continue;
    app.add_option_function<std::string>(
           d.names, [&texts, target = d.target](const std::string& value) { texts.*target = value; }, d.help)
        ->type_name(d.value)
        ->group(d.group)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  }
  for (const ListDeclaration& d : list_declarations) {
    if (!meant(d.names)) continue;
    app.add_option(d.names, texts.*d.target, d.help)
        ->type_name(d.value)
        ->group(d.group)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  for (const FlagDeclaration& d : flag_declarations) {
    if (meant(d.names)) app.add_flag(d.names, texts.*d.target, d.help)->group(d.group);
  }
}

/// `-0` is --null, but `-0.5` and `-0..3` are inputs: CLI11 is never shown a short option that is a digit.
std::vector<std::string> prepare(std::span<const char* const> before_end) {
  std::vector<std::string> arguments(before_end.begin(), before_end.end());
  for (std::string& argument : arguments) {
    if (argument == "-0") argument = "--null";
    if (argument.starts_with("--") && argument.size() > 3 && argument.ends_with('=') &&
        std::count(argument.begin(), argument.end(), '=') == 1) {
      throw UsageError(fmt::format("{} needs a value", argument.substr(0, argument.size() - 1)));
    }
  }
  std::reverse(arguments.begin(), arguments.end());  // the order in which CLI11 takes a vector
  return arguments;
}

[[noreturn]] void refuse_unknown(std::string_view word) {
  const std::string_view name = word.substr(0, word.find('='));
  CLI::App every_option;
  OptionTexts unused;
  declare(every_option, unused, Meant::all());
  std::vector<std::string> known;
  for (const CLI::Option* option : every_option.get_options()) {
    for (const std::string& long_name : option->get_lnames()) known.push_back("--" + long_name);
  }
  const std::vector<std::string_view> candidates(known.begin(), known.end());
  const std::string_view meant = name.starts_with("--") ? nearest(name, candidates) : std::string_view{};
  throw UsageError(meant.empty() ? fmt::format("unknown option {}; an input that begins with - goes after --", name)
                                 : fmt::format("unknown option {}; did you mean {}?", name, meant));
}

bool looks_like_option(std::string_view word) {
  return word.size() > 1 && word[0] == '-' && !(word[1] >= '0' && word[1] <= '9') && word[1] != '.';
}

std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words = app.remaining();
  const auto option = std::find_if(words.begin(), words.end(), looks_like_option);
  if (option != words.end()) refuse_unknown(*option);
  return words;
}

/// What stands behind the options: words, whatever they look like. `--` itself is none of them, a list sign is.
void add_literal_words(std::span<const char* const> behind, OptionTexts& texts) {
  if (behind.empty()) return;
  const bool dashes = std::string_view(behind.front()) == "--";
  (dashes ? texts.dashes_at : texts.lists_at) = texts.words.size();
  texts.words.insert(texts.words.end(), behind.begin() + (dashes ? 1 : 0), behind.end());
}

}  // namespace

bool is_list_sign(std::string_view word) noexcept {
  return word == ":::" || word == "::::" || word == ":::+" || word == "::::+";
}

bool ends_options(std::string_view word) noexcept { return word == "--" || is_list_sign(word); }

OptionTexts split_command_line(int argc, const char* const* argv) {
  OptionTexts texts;
  CLI::App app;
  const std::span<const char* const> all(argv + std::min(argc, 1), argv + argc);
  const auto options = static_cast<std::size_t>(std::find_if(all.begin(), all.end(), ends_options) - all.begin());
  std::vector<std::string> arguments = prepare(all.first(options));
  declare(app, texts, Meant::by(arguments));
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& e) {
    const std::string_view what = e.what();
    throw UsageError(fmt::format("{} needs a value", what.substr(0, what.find_first_of(": "))));
  } catch (const CLI::ConversionError& e) {  // only flags convert: --quiet=perhaps
    const std::string_view what = e.what();
    const std::string_view option = what.substr(what.find("--"));
    throw UsageError(fmt::format("{} takes no value", option.substr(0, option.find_first_of(" ="))));
  } catch (const CLI::ParseError& e) {
    throw UsageError(e.what());
  }
  texts.words = words_of(app);
  add_literal_words(all.subspan(options), texts);
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() > 0) texts.given.push_back("--" + option->get_lnames().front());
  }
  return texts;
}

std::string describe_options(const std::vector<std::string>& only) {
  OptionTexts unused;
  CLI::App app;
  declare(app, unused, Meant::all());
  for (CLI::Option* option : app.get_options()) {
    const std::string name = "--" + option->get_lnames().front();
    if (!only.empty() && std::find(only.begin(), only.end(), name) == only.end()) option->group("");
  }
  app.get_formatter()->column_width(32);
  std::string help = app.help("prun");
  help.erase(0, help.find("\n\n") + 1);  // CLI11's usage line: prun words its own
  for (auto gap = help.find("\n\n\n"); gap != std::string::npos; gap = help.find("\n\n\n", gap)) help.erase(gap, 1);
  return help;
}

}  // namespace prun::app
