// See sem_options.hpp. getopt_long(3) reads the options: the first word that is none begins the command.
#include "sem/sem_options.hpp"

#include "numbers.hpp"
#include "usage_error.hpp"

#include "sys/cpu_budget.hpp"

#include <fmt/format.h>

#include <getopt.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

namespace prun::app {
namespace {

enum : int { id_option = 256, fg_option, bg_option, wait_option, limit_option };

constexpr std::array<option, 16> long_options{{{"jobs", required_argument, nullptr, 'j'},
                                               {"max-procs", required_argument, nullptr, 'j'},
                                               {"id", required_argument, nullptr, id_option},
                                               {"semaphore-name", required_argument, nullptr, id_option},
                                               {"semaphore-timeout", required_argument, nullptr, limit_option},
                                               {"ungroup", no_argument, nullptr, 'u'},
                                               {"line-buffer", no_argument, nullptr, 'u'},
                                               {"no-notice", no_argument, nullptr, 'k'},
                                               {"semaphorename", required_argument, nullptr, id_option},
                                               {"fg", no_argument, nullptr, fg_option},
                                               {"bg", no_argument, nullptr, bg_option},
                                               {"wait", no_argument, nullptr, wait_option},
                                               {"st", required_argument, nullptr, limit_option},
                                               {"semaphoretimeout", required_argument, nullptr, limit_option},
                                               {"will-cite", no_argument, nullptr, 'k'},
                                               {nullptr, 0, nullptr, 0}}};

[[noreturn]] void refuse(const std::string& message) { throw UsageError("sem: " + message, "prun sem --help"); }

template <typename Number>
Number number(std::string_view option, std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    refuse(fmt::format("{} takes a number, not '{}'", option, text));
  return value;
}

void take_limit(RunSem& sem, std::string_view text) {
  const auto seconds = number<double>("--st", text);
  if (!std::isfinite(seconds) || std::abs(seconds) > 1e9) refuse(fmt::format("--st takes seconds, not '{}'", text));
  sem.runs_at_limit = seconds >= 0;
  sem.limit = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(std::abs(seconds)));
}

/// In all forms that prun -j has; 0 is as many as prun allows.
void take_jobs(RunSem& sem, std::string_view text) try {
  sem.jobs = text == "0" ? max_workers : parse_jobs("-j", text, sys::cpu_budget());
} catch (const UsageError& error) {
  refuse(error.what());
}

void take(RunSem& sem, int option, const char* value) {
  switch (option) {
    case 'P':
    case 'j': take_jobs(sem, value); break;
    case 'u':  // a command always writes to the outputs of prun
    case 'k': break;
    case id_option: sem.id = value; break;
    case fg_option: sem.background = false; break;
    case bg_option: sem.background = true; break;
    case wait_option: sem.wait = true; break;
    case limit_option: take_limit(sem, value); break;
    default: break;
  }
}

}  // namespace

RunSem parse_sem(const std::vector<std::string>& words) {
  std::vector<std::string> copies = words;
  std::vector<char*> argv{const_cast<char*>("sem")};  // NOLINT(cppcoreguidelines-pro-type-const-cast): not written
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  RunSem sem;
  ::opterr = 0;
  ::optind = 1;
  const int count = static_cast<int>(argv.size()) - 1;
  for (;;) {
    const int at = ::optind;
    const int option = ::getopt_long(count, argv.data(), "+:j:P:ku", long_options.data(), nullptr);
    if (option == -1) break;
    if (option == ':') refuse(fmt::format("{} needs a value", argv[static_cast<std::size_t>(at)]));
    if (option == '?') refuse(fmt::format("unknown option {}", argv[static_cast<std::size_t>(at)]));
    take(sem, option, ::optarg);
  }
  for (int i = ::optind; i < count; ++i) sem.command.emplace_back(argv[static_cast<std::size_t>(i)]);
  if (sem.id.empty() || sem.id.find('\0') != std::string::npos) refuse("--id needs a name");
  if (sem.wait && !sem.command.empty()) refuse("--wait waits for commands that run; it takes no command");
  if (!sem.wait && sem.command.empty()) refuse("a command is missing");
  return sem;
}

constinit const std::string_view sem_help = R"(
A command waits until fewer than N commands of the semaphore run. One word is a
script of /bin/sh; several words run directly. A semaphore belongs to a user.
When a command exits, its place is free. If a signal ends the command or prun,
the place is free when what the command has started has ended too. SIGTERM and
SIGHUP of prun are passed on to the command.

  -j, --jobs N         N commands may run at a time (default: 1, a mutex); 50%
                       and +1 are relative to the CPUs, and 0 is no limit
      --id NAME        the semaphore (default: "default"); also --semaphorename
      --bg             return as soon as the command has started (the default)
      --fg             wait for the command, and exit with its exit status
      --wait           run nothing; wait until no command of the semaphore runs
      --st SECONDS     wait no longer, then run the command nevertheless; if
                       negative, give up and exit with 1; also
                       --semaphoretimeout
)";

std::vector<std::string> sem_option_names() {
  std::vector<std::string> names;
  for (const option& known : long_options) {
    if (known.name != nullptr) names.push_back(std::string("--") + known.name);
  }
  return names;
}

}  // namespace prun::app
