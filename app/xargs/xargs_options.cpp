// See xargs_options.hpp. getopt_long(3) reads the options, as in xargs itself.
#include "xargs/xargs_options.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <getopt.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX has it in no header

namespace prun::app {
namespace {

constexpr std::string_view help_command = "prun xargs --help";
constexpr std::size_t usual_size = std::size_t{128} * 1024;  // of GNU xargs
constexpr std::size_t headroom = 2048;                       // that POSIX leaves

constexpr int help_option = 256;
constexpr const char* short_options = "+0a:E:e::I:i::L:l::n:prs:tP:d:ox";
constexpr std::array<option, 20> long_options{{{"null", no_argument, nullptr, '0'},
                                               {"arg-file", required_argument, nullptr, 'a'},
                                               {"delimiter", required_argument, nullptr, 'd'},
                                               {"eof", optional_argument, nullptr, 'e'},
                                               {"replace", optional_argument, nullptr, 'i'},
                                               {"max-lines", optional_argument, nullptr, 'l'},
                                               {"max-args", required_argument, nullptr, 'n'},
                                               {"interactive", no_argument, nullptr, 'p'},
                                               {"open-tty", no_argument, nullptr, 'o'},
                                               {"no-run-if-empty", no_argument, nullptr, 'r'},
                                               {"max-chars", required_argument, nullptr, 's'},
                                               {"verbose", no_argument, nullptr, 't'},
                                               {"max-procs", required_argument, nullptr, 'P'},
                                               {"exit", no_argument, nullptr, 'x'},
                                               {"help", no_argument, nullptr, help_option},
                                               {"process-slot-var", required_argument, nullptr, 257},
                                               {"show-limits", no_argument, nullptr, 258},
                                               {"version", no_argument, nullptr, 259},
                                               {nullptr, 0, nullptr, 0}}};

[[noreturn]] void refuse(const std::string& message) {
  throw UsageError("xargs: " + message, std::string(help_command));
}

std::uint64_t number(std::string_view name, std::string_view text, std::uint64_t least) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least)
    refuse(fmt::format("{} takes a whole number of {} or more, not '{}'", name, least, text));
  return value;
}

[[noreturn]] void refuse_delimiter(std::string_view text) {
  refuse(fmt::format("-d takes one character or an escape such as \\n, \\t, \\0, \\012 or \\x0a, not '{}'", text));
}

/// A character, or one of C's escapes.
char delimiter_of(std::string_view text) {
  if (text.size() == 1) return text[0];
  if (text.size() < 2 || text[0] != '\\') refuse_delimiter(text);
  constexpr std::string_view letters = R"(abfnrtv\)";
  constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\";
  if (const auto at = letters.find(text[1]); text.size() == 2 && at != std::string_view::npos) return meanings[at];
  const bool hexadecimal = text[1] == 'x';
  const std::string_view digits = text.substr(hexadecimal ? 2 : 1);
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 8);
  if (error != std::errc{} || end != digits.data() + digits.size() || value > 255) refuse_delimiter(text);
  return static_cast<char>(value);
}

std::size_t occurrences(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

/// What the system allows for the arguments beside the environment.
std::size_t largest_size() {
  std::size_t used = headroom;
  for (char** entry = environ; *entry != nullptr; ++entry) used += std::strlen(*entry) + 1;
  const auto limit = static_cast<std::size_t>(std::max(::sysconf(_SC_ARG_MAX), 4096L));
  return limit > used ? limit - used : 1;
}

class Parser {
 public:
  RunXargs parse(std::vector<std::string> words) {
    words.insert(words.begin(), "prun xargs");
    std::vector<char*> argv;
    argv.reserve(words.size() + 1);
    for (std::string& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    const int count = static_cast<int>(words.size());
    ::optind = 0;  // a new command line
    ::opterr = 0;
    for (int last = 1;; last = ::optind) {
      const int option = ::getopt_long(count, argv.data(), short_options, long_options.data(), nullptr);  // NOLINT
      if (option == -1) break;
      take(option, ::optarg != nullptr ? ::optarg : "", words[static_cast<std::size_t>(std::max(last, 1))]);
    }
    if (::optind < count) run_.command.assign(words.begin() + ::optind, words.end());
    finish();
    return std::move(run_);
  }

 private:
  void take(int option, const std::string& text, const std::string& word) {
    XargsTaskOptions& tasks = run_.tasks;
    switch (option) {
      case '0': tasks.items.delimiter = '\0'; break;
      case 'd': tasks.items.delimiter = delimiter_of(text); break;
      case 'a': run_.arg_file = text == "-" ? std::nullopt : std::optional(text); break;
      case 'E':
      case 'e': tasks.items.end_of_file = text.empty() ? std::nullopt : std::optional(text); break;
      case 'I':
        if (text.empty()) refuse("-I takes the text that an item replaces, such as {}");
        set_replaced(text);
        break;
      case 'i': set_replaced(text.empty() ? "{}" : text); break;
      case 'L':
      case 'l': set_lines(text.empty() ? 1 : number("-L", text, 1)); break;
      case 'n': set_args(number("-n", text, 1)); break;
      case 'r': tasks.runs_without_items = false; break;
      case 's': tasks.max_bytes = number("-s", text, 1); break;
      case 't': run_.trace = true; break;
      case 'x': tasks.exits_if_too_long = true; break;
      case 'P': {
        const std::uint64_t jobs = number("-P", text, 0);
        run_.jobs = static_cast<unsigned>(std::min<std::uint64_t>(jobs == 0 ? most_xargs_jobs : jobs, most_xargs_jobs));
        break;
      }
      case 'p': refuse("-p asks at the terminal, which prun does not do; look at the commands with -t");
      case 'o': refuse("-o gives the terminal to commands; use prun --tty instead");
      case 257: refuse("--process-slot-var is not taken; use {%} in prun COMMAND ::: INPUT...");
      case 258: refuse("--show-limits is not taken; getconf ARG_MAX shows the limit of the system");
      default: refuse(fmt::format("unknown option, or one without its value: {}", word));
    }
  }

  // Of -I, -L and -n the last one counts, but `-I {} -n 1` is what -I does anyway.
  void set_replaced(const std::string& text) {
    run_.replaced = text;
    run_.tasks.max_args = run_.tasks.max_lines = 0;
  }
  void set_lines(std::uint64_t count) {
    run_.tasks.max_lines = count;
    run_.tasks.max_args = 0;
    run_.tasks.exits_if_too_long = true;  // as POSIX says of -L
    run_.replaced.clear();
  }
  void set_args(std::uint64_t count) {
    if (count == 1 && !run_.replaced.empty()) return;
    run_.tasks.max_args = count;
    run_.tasks.max_lines = 0;
    run_.replaced.clear();
  }

  void finish() {
    XargsTaskOptions& tasks = run_.tasks;
    tasks.replaces = !run_.replaced.empty();
    tasks.items.whole_lines = tasks.replaces;
    for (const std::string& word : run_.command) tasks.fixed_bytes += word.size() + 1;
    const std::size_t most = largest_size();
    tasks.max_bytes = std::min(tasks.max_bytes == 0 ? usual_size : tasks.max_bytes, most);
    if (tasks.replaces) {
      for (std::size_t i = 1; i < run_.command.size(); ++i) tasks.uses += occurrences(run_.replaced, run_.command[i]);
      tasks.fixed_bytes -= tasks.uses * run_.replaced.size();
    }
    if (tasks.fixed_bytes >= tasks.max_bytes) refuse("the command does not fit into the limit of -s");
    if (!tasks.replaces) tasks.items.longest = tasks.max_bytes - tasks.fixed_bytes - 1;
  }

  RunXargs run_;
};

}  // namespace

constinit const std::string_view xargs_help = R"(
prun xargs has the options of xargs (POSIX and GNU), and none of prun's:
  -0, --null              items end with NUL; nothing else is special
  -d, --delimiter=C       items end with this character; \n, \t and \0 work
  -a, --arg-file=FILE     read items from FILE; -: standard input, the default
  -E EOF                  the input ends at this item
  -I TEXT                 one command per line; TEXT in its words is the line
  -L N, -l[N]             at most N lines of items for each command
  -n, --max-args=N        at most N items for each command
  -s, --max-chars=N       at most N bytes for each command (default: 128K)
  -x, --exit              end if a command with all its items is too long
  -r, --no-run-if-empty   run nothing if there is no item
  -P, --max-procs=N       run N commands at a time; 0: up to 256
  -t, --verbose           print each command on standard error first

With -P, the output of each command is printed as a whole when the command ends.
SIGUSR1 adds one to the number of commands at a time, up to 256. SIGUSR2 takes
one away, down to 1. Commands that run continue.

Exit status:
  123  a command exited with a status from 1 to 125
  124  a command exited with 255, which ends the run
  125  a signal ended a command, which ends the run
  126, 127  the command cannot be run; it is not there
  1    something else went wrong
)";

RunXargs parse_xargs(const std::vector<std::string>& words) { return Parser().parse(words); }

std::vector<std::string> xargs_option_names() {
  std::vector<std::string> names;
  for (const option& known : long_options) {
    if (known.name != nullptr && std::string_view(known.name) != "help" && std::string_view(known.name) != "version")
      names.push_back(std::string("--") + known.name);
  }
  return names;
}

}  // namespace prun::app
