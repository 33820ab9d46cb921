// A limit of memory by control groups, with real workers and commands: only the groups are files that the test makes up, and
// their oom_kill is counted by the command that plays its own end.
#include "command/command_function.hpp"
#include "command/command_result.hpp"
#include "input/open_source.hpp"
#include "run/run.hpp"
#include "support/folder.hpp"
#include "sys/proc_text.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

using namespace prun;
namespace fs = std::filesystem;

namespace {

class Machine {
 public:
  explicit Machine(const std::string& controllers) {
    file("/proc/self/cgroup", "0::/a\n");
    file("/proc/self/mountinfo", "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n");
    file("/cg/a/cgroup.controllers", controllers + "\n");
  }
  void file(const std::string& path, const std::string& text) const { folder_.write(path, text); }
  [[nodiscard]] std::string group(int number = 0) const {
    return root() + "/cg/a/prun-" + std::to_string(::getpid()) + '/' + std::to_string(number);
  }
  [[nodiscard]] std::string command_group() const { return group(1); }  ///< of the only worker
  [[nodiscard]] std::string root() const { return folder_.path().string(); }

 private:
  prun::test::Folder folder_;
};

class Told final : public Listener {
 public:
  void on_task(const TaskEvent& event) override {
    kinds.emplace_back(event.failure != nullptr ? name_of(event.failure->kind) : "value");
    attempts.push_back(event.attempt);
    if (event.failure == nullptr) return;
    message = event.failure->message;
    output = command::outputs_of(event.failure->detail).out.bytes;
  }
  void on_end() override {}
  std::vector<std::string> kinds;
  std::vector<std::uint32_t> attempts;
  std::string message;
  std::string output;
};

RunReport run_script(const std::string& script, RunOptions options, const Machine& machine, Told& told) {
  options.mode = Mode::imap;
  options.workers = 1;
  options.limits.memory = std::uint64_t{4} << 30;
  options.system_root = machine.root();
  command::CommandSurroundings surroundings;
  Registry registry;
  for (auto& function : command::given_commands(surroundings)) registry.add(std::move(function));
  InputOptions input;
  input.words = {"shell", script};
  const auto source = open_source(input, registry);
  REQUIRE(source);
  const sys::Fd nowhere(::open("/dev/null", O_WRONLY));
  OutputBuffer out(nowhere.get(), "nowhere");
  OutputBuffer err(nowhere.get(), "nowhere");
  return run(options, registry, **source, told, out, err);
}

/// Counts a kill in its group and ends its worker, so often.
std::string dies(const Machine& machine, int times) {
  const std::string events = machine.group() + "/memory.events";
  return "n=$(cat " + events + ".count 2>/dev/null || echo 0); [ $n -lt " + std::to_string(times) +
         " ] || exit 0; n=$((n+1)); echo $n > " + events + ".count; echo oom_kill $n > " + events + "; kill -9 $PPID";
}

}  // namespace

TEST_CASE("a worker is in its group, and a kill by the limit of the group is out_of_memory") {
  const Machine machine("memory");
  Told told;
  const RunReport report = run_script(dies(machine, 9), {}, machine, told);
  CHECK(report.memory_limited_by == "control groups");
  CHECK(sys::contents(machine.group() + "/memory.max") == "4294967296");
  CHECK(sys::contents(machine.group() + "/cgroup.procs") == "0");
  CHECK(told.kinds == std::vector<std::string>{"out_of_memory"});
  CHECK(told.message.find("exceeded its memory limit; worker ") == 0);
}

TEST_CASE("a command killed by the limit of its group is out_of_memory, and its output is kept") {
  const Machine machine("memory");
  Told told;
  run_script("echo written before; echo oom_kill 1 > " + machine.command_group() + "/memory.events; kill -9 $$", {},
             machine, told);
  CHECK(sys::contents(machine.command_group() + "/memory.max") == "4294967296");
  CHECK(sys::contents(machine.command_group() + "/cgroup.procs") == "0");
  CHECK(told.kinds == std::vector<std::string>{"out_of_memory"});
  CHECK(told.message == "exceeded its memory limit and was killed");
  CHECK(told.output == "written before\n");
}

TEST_CASE("a command killed by another process is not out_of_memory") {
  const Machine machine("memory");
  Told told;
  run_script("kill -9 $$", {}, machine, told);
  CHECK(told.kinds == std::vector<std::string>{"signal"});
}

TEST_CASE("a task that ran out of memory is retried as often as requested") {
  const Machine machine("memory");
  Told told;
  RunOptions options;
  options.retry.retries = 3;
  run_script(dies(machine, 2), options, machine, told);
  CHECK(told.kinds == std::vector<std::string>{"value"});
  CHECK(told.attempts == std::vector<std::uint32_t>{3});
}

TEST_CASE("a SIGKILL that the group does not count is not caused by its limit") {
  const Machine machine("memory");
  Told told;
  run_script("kill -9 $PPID", {}, machine, told);
  CHECK(told.kinds == std::vector<std::string>{"lost_signal"});
}

#if !defined(__SANITIZE_ADDRESS__)  // its shadow takes more private memory than there may be
TEST_CASE("without control groups the limit applies to private memory") {
  const Machine machine("cpu");
  Told told;
  const RunReport report = run_script("test $(ulimit -d) = 4194304", {}, machine, told);
  CHECK(report.memory_limited_by.find("RLIMIT_DATA, as ") == 0);
  CHECK(told.kinds == std::vector<std::string>{"value"});
}
#endif
