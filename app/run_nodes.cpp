// See run_nodes.hpp.
#include "run_nodes.hpp"

#include "run_functions.hpp"
#include "usage_error.hpp"

#include "cluster/prun_copy.hpp"
#include "event/printable.hpp"
#include "sys/build_id.hpp"
#include "sys/cpu_budget.hpp"
#include "sys/regular_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace prun::app {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : ":";
}

cluster::Setup setup_of(const RunTasks& command) {
  cluster::Setup setup;
  setup.command_line = command.command_line;
  std::error_code gone;
  setup.directory = std::filesystem::current_path(gone).string();
  setup.workdir = command.cluster.workdir;
  if (!command.functions.plugin_path.empty())
    setup.environment.emplace_back("PRUN_PLUGIN_PATH", command.functions.plugin_path);
  const char* const shell = std::getenv("PRUN_SHELL");  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  if (shell != nullptr && *shell != '\0') setup.environment.emplace_back("PRUN_SHELL", shell);
  setup.dead_after = command.cluster.dead_after;
  return setup;
}

}  // namespace

cluster::Banner own_banner() {
  cluster::Banner banner;
  banner.version = PRUN_VERSION;
  banner.build = sys::build_id();
  banner.cpus = sys::cpu_budget();
  return banner;
}

std::unique_ptr<cluster::Nodes> make_nodes(const RunTasks& command, Log& log, OutputBuffer& err) {
  const ClusterValues& values = command.cluster;
  cluster::NodesOptions options;
  for (const cluster::Host& host : values.hosts) {
    if (!host.is_local()) options.hosts.push_back(host);
  }
  if (options.hosts.empty()) return nullptr;
  options.launcher = values.launcher;
  if (options.launcher == ClusterValues{}.launcher)  // it has no terminal to ask on, and would wait for an answer
    options.launcher.insert(options.launcher.begin() + 1, {"-o", "BatchMode=yes"});
  options.own = own_banner();
  const std::string program = values.remote_prun.empty() ? sys::own_path() : values.remote_prun;
  options.agent = {program, "agent"};
  if (!values.copy_prun) options.check = {program, "--version"};
  if (values.copy_prun) {
    options.program = std::make_shared<const std::string>(cluster::own_program());
    options.agent = cluster::copying_agent(options.own.build, options.program->size());
  }
  options.setup = setup_of(command);
  for (const std::string& file : values.base_files) {
    if (const auto opened = sys::open_regular_file(file); !opened.problem.empty())
      throw UsageError(
          fmt::format("--basefile: cannot read {}: {}; name a file that you can read", file, opened.problem));
  }
  options.files = values.base_files;
  if (!values.slurm) {  // nodes of a cluster share their files
    for (std::string& file : function_files(command)) options.files.push_back(std::move(file));
  }
  if (command.command) options.task_files = task_files_of(*command.command);
  options.patience.dead_after = values.dead_after;
  options.patience.retry_for = values.retry_for;
  options.local = values.local;
  options.local_name = host_name();
  options.warn = [&log, &err](const std::string& text) {
    err.write_line(message_line(text));
    log.write_to_file(LogLevel::warn, text);
  };
  options.note = [&log](const std::string& text) { log.write(LogLevel::info, "{}", text); };
  return std::make_unique<cluster::Nodes>(std::move(options));
}

}  // namespace prun::app
