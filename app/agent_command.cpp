// See agent_command.hpp.
#include "agent_command.hpp"

#include "exit_status.hpp"
#include "options.hpp"
#include "run_functions.hpp"
#include "run_nodes.hpp"
#include "standard_streams.hpp"
#include "usage_error.hpp"

#include "agent/agent.hpp"
#include "agent/head_line.hpp"
#include "agent/node_files.hpp"
#include "cluster/file_chunk.hpp"
#include "cluster/incoming_file.hpp"
#include "cluster/messages.hpp"
#include "event/printable.hpp"
#include "sys/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <variant>
#include <vector>

namespace prun::app {
namespace {

/// For each part of the setup: a file on its way, the functions, the workers. The head gives up after 60 s.
constexpr std::chrono::seconds longest_setup{90};

/// The streams to the head, out of reach of tasks: what a function prints goes to standard error.
agent::HeadLine take_over_streams() {
  sys::Fd in(sys::checked(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3), "standard input"));
  sys::Fd out(sys::checked(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "standard output"));
  const sys::Fd nothing(sys::checked(::open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null"));
  sys::checked(::dup2(nothing.get(), STDIN_FILENO), "standard input");
  sys::checked(::dup2(STDERR_FILENO, STDOUT_FILENO), "standard output");
  return {std::move(in), std::move(out)};
}

void go_to_folder(const cluster::Setup& setup) {
  std::error_code error;
  if (!setup.workdir.empty()) {
    std::filesystem::current_path(setup.workdir, error);
    if (error)
      throw std::runtime_error(
          fmt::format("it cannot use the folder {}: {}; make the folder there, or name another with --host-dir",
                      setup.workdir, error.message()));
  } else {
    std::filesystem::current_path(setup.directory, error);  // if it is missing, the login folder is as good
  }
  for (const auto& [name, value] : setup.environment) {
    if (::setenv(name.c_str(), value.c_str(), 1) != 0)  // NOLINT(concurrency-mt-unsafe)
      throw std::system_error(errno, std::generic_category(), "cannot set " + name);
  }
}

/// The head's command line, as it is to be understood on this machine.
RunTasks parse_for_here(const cluster::Setup& setup) {
  std::vector<const char*> argv;
  argv.reserve(setup.command_line.size());
  for (const std::string& word : setup.command_line) argv.push_back(word.c_str());
  Command parsed = parse_command_line(static_cast<int>(argv.size()), argv.data(), Config::of_head);
  auto* tasks = std::get_if<RunTasks>(&parsed);
  if (tasks == nullptr) throw std::runtime_error("the head sent a command line without tasks; please report this");
  if (setup.workers != 0) tasks->run.workers = setup.workers;
  return std::move(*tasks);
}

/// All that an agent needs of the run. The members are in the order in which they are made.
class AgentRun {
 public:
  AgentRun(const cluster::Setup& setup, agent::HeadLine& line)
      : tasks_(parse_for_here(setup)), files_(&task_files_, line) {
    surround_commands(tasks_, surroundings_);
    add_run_functions(tasks_, registry_, surroundings_);
    given_ = make_command(tasks_, false, surroundings_);
    if (tasks_.functions.initializer) initializer_ = initializer_call(*tasks_.functions.initializer, registry_);
    RunOptions& options = tasks_.run;
    options.initializer = initializer_ ? &*initializer_ : nullptr;
    options.spilled = &surroundings_.spilled;
    options.ending = surroundings_.stopping.ending.get();
    options.command = given_.get();
    options.found_timeout = surroundings_.stopping.found_timeout.get();
    options.measure = options.measure || options.found_timeout != nullptr;  // a limit needs the time when a call began
    if (tasks_.command) task_files_ = task_files_of(*tasks_.command);
    agent_.emplace(options, setup.measured, registry_, line, signals_, files_);
  }
  bool operator()(std::chrono::milliseconds dead_after) { return (*agent_)(dead_after); }

 private:
  RunTasks tasks_;
  command::TaskFiles task_files_;
  agent::NodeFiles files_;
  command::CommandSurroundings surroundings_;
  Registry registry_;
  std::unique_ptr<Function> given_;
  std::optional<Task> initializer_;
  agent::JobSignals signals_;
  std::optional<agent::Agent> agent_;
};

/// Those that functions need, before functions are loaded.
void receive_files(std::uint32_t count, agent::HeadLine& line) {
  std::unique_ptr<cluster::IncomingFile> file;
  while (count > 0) {
    const auto message = line.wait_for_message();
    if (!message || message->type != cluster::FrameType::file)
      throw std::runtime_error("the head sent no file where it announced one; please report this");
    const cluster::FileChunk chunk = cluster::decode_file_chunk(message->body);
    if (file == nullptr) file = std::make_unique<cluster::IncomingFile>(chunk.name);
    file->take(chunk);
    if (!file->machine_error().empty()) throw std::runtime_error(file->machine_error());
    if (!file->error().empty()) throw std::runtime_error(file->error());
    if (!chunk.last) continue;
    file.reset();
    --count;
  }
}

int serve(const cluster::Setup& setup, agent::HeadLine& line) {
  std::string refusal;
  try {
    go_to_folder(setup);
    receive_files(setup.files, line);
    AgentRun run(setup, line);
    return run(setup.dead_after) ? all_succeeded : prun_failed;
  } catch (const std::exception& e) {
    refusal = e.what();
  }
  line.send(cluster::FrameType::refused, cluster::encode_text(refusal));
  line.drain(std::chrono::seconds(1));
  return prun_failed;
}

constexpr std::string_view whose =
    "another prun starts prun agent and uses its standard input and output; start that prun instead, with --hosts or "
    "--slurm: see prun-cluster(7)";

/// The first message of the head; absent: it was said why there is none.
std::optional<cluster::Setup> receive_setup(agent::HeadLine& line) {
  std::string_view problem = "prun agent received nothing on standard input";
  try {
    const auto message = line.wait_for_message();
    if (message && message->type == cluster::FrameType::setup) return cluster::decode_setup(message->body);
    if (message || line.heard_something())
      problem = "prun agent received something on standard input that is not from prun";
  } catch (const wire::DecodeError&) {
    problem = "prun agent received a damaged message on standard input";
  }
  complain(message_line(fmt::format("{}; {}", problem, whose)));
  return std::nullopt;
}

}  // namespace

int run_agent() {
  if (::isatty(STDIN_FILENO) == 1) throw UsageError(std::string(whose));
  agent::HeadLine line = take_over_streams();
  line.limit_setup(longest_setup);
  line.write_text(banner_line(own_banner()));
  const auto setup = receive_setup(line);
  return setup ? serve(*setup, line) : prun_failed;
}

}  // namespace prun::app
