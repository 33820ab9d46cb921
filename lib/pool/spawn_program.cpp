#include "pool/spawn_program.hpp"

#include "sys/start_modules.hpp"

#include <spawn.h>
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

namespace prun::pool {
namespace {

constexpr const char* program = "/proc/self/exe";
constexpr std::string_view preload_variable = "LD_PRELOAD=";

struct Settings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  Settings() {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
  }
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;
  ~Settings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
};

void require_executable() {
  const char* why = nullptr;
  if (::getauxval(AT_SECURE) != 0) why = "it runs with the rights of its file's owner (set-user-ID)";
  if (sys::started_by_loader()) why = "it was started by naming the dynamic loader: start the program itself";
  if (::access(program, X_OK) != 0) why = "/proc/self/exe cannot be executed: is /proc mounted?";
  if (why == nullptr) return;
  throw std::runtime_error(std::string("prun: Start::spawn cannot execute this program once more: ") + why +
                           " (Start::fork does not need that)");
}

std::vector<char*> environment_with(std::string& preload) {
  std::vector<char*> variables;
  for (char** at = environ; *at != nullptr; ++at) {
    const bool replaced = std::strncmp(*at, preload_variable.data(), preload_variable.size()) == 0;
    if (!replaced) variables.push_back(*at);
  }
  variables.push_back(preload.data());
  variables.push_back(nullptr);
  return variables;
}

}  // namespace

std::string own_preload() {
  const char* const preload = std::getenv("LD_PRELOAD");  // NOLINT(concurrency-mt-unsafe): as any getenv
  return preload != nullptr ? preload : "";
}

pid_t spawn_program(const ProgramStart& start) {
  require_executable();
  std::string name = program_invocation_name;
  std::vector<std::string> words = start.arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::string preload(preload_variable);
  std::vector<char*> variables;
  if (!start.preload.empty()) {
    preload += start.preload;
    if (const std::string before = own_preload(); !before.empty()) preload += ':' + before;
    variables = environment_with(preload);
  }

  Settings settings;
  ::posix_spawn_file_actions_adddup2(&settings.files, start.keep, start.keep);  // the same number: clears close-on-exec
  sigset_t all;
  sigfillset(&all);
  ::posix_spawnattr_setsigmask(&settings.attributes, &all);
  ::posix_spawnattr_setflags(&settings.attributes, POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int error = ::posix_spawn(&pid, program, &settings.files, &settings.attributes, argv.data(),
                                  variables.empty() ? environ : variables.data());
  if (error != 0) throw std::system_error(error, std::generic_category(), "cannot execute this program once more");
  return pid;
}

}  // namespace prun::pool
