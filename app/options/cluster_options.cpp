// Options: other machines that run tasks too.
#include "numbers.hpp"
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "usage_error.hpp"

#include "cluster/slurm.hpp"
#include "command/command_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

namespace prun::app {
namespace {

void take_hosts(OptionValues& to, const Given& given) {
  auto hosts = cluster::parse_hosts(given.text);
  if (!hosts) throw UsageError(fmt::format("{} takes hosts such as node1,node2:8: {}", given.option, hosts.error()));
  to.cluster.given = true;
  std::move(hosts->begin(), hosts->end(), std::back_inserter(to.cluster.hosts));
}

void take_hosts_file(OptionValues& to, const Given& given) {
  std::ifstream file(given.text);
  const UsageError unreadable(fmt::format("{}: cannot read {}", given.option, given.text));
  if (!file) throw unreadable;
  const std::size_t before = to.cluster.hosts.size();
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const auto hosts = cluster::parse_host_line(text);
    if (!hosts) throw UsageError(fmt::format("{}: {}:{}: {}", given.option, given.text, number, hosts.error()));
    to.cluster.hosts.insert(to.cluster.hosts.end(), hosts->begin(), hosts->end());
  }
  if (file.bad()) throw unreadable;
  if (to.cluster.hosts.size() == before) {
    throw UsageError(
        fmt::format("{}: {} names no host; write one on each line, such as node2:8", given.option, given.text));
  }
  to.cluster.given = true;
}

void take_launcher(OptionValues& to, const Given& given) {
  auto words = command::split_words(given.text);
  if (!words) throw UsageError(fmt::format("{} '{}': {}", given.option, given.text, words.error().message));
  const bool names_agent =
      std::ranges::any_of(*words, [](const std::string& word) { return word.find("{agent}") != std::string::npos; });
  if (!names_agent)
    throw UsageError(
        fmt::format("{} needs {{agent}} where the agent's command goes, as in 'ssh {{host}} {{agent}}'", given.option));
  to.cluster.launcher = std::move(*words);
}

std::string slurm_variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  if (value != nullptr) return value;
  throw UsageError(
      fmt::format("--slurm needs the allocation of a job, but {} is not set: start prun with salloc -N 4 "
                  "--no-kill prun --slurm ..., or in a script for sbatch",
                  name));
}

// Slurm starts one step with one agent on each node of the job, also on the node where this prun runs.
void take_slurm(OptionValues& to, const Given& given) {
  const auto nodes = cluster::expand_nodes(slurm_variable("SLURM_JOB_NODELIST"));
  const auto cpus = cluster::expand_cpus(slurm_variable("SLURM_JOB_CPUS_PER_NODE"));
  if (!nodes) throw UsageError(fmt::format("{}: SLURM_JOB_NODELIST: {}", given.option, nodes.error()));
  if (!cpus) throw UsageError(fmt::format("{}: SLURM_JOB_CPUS_PER_NODE: {}", given.option, cpus.error()));
  if (nodes->size() != cpus->size()) {
    throw UsageError(
        fmt::format("{}: Slurm names {} nodes and the CPUs of {}", given.option, nodes->size(), cpus->size()));
  }
  for (std::size_t i = 0; i < nodes->size(); ++i) to.cluster.hosts.push_back({(*nodes)[i], (*cpus)[i]});
  to.cluster.given = true;
  to.cluster.local = false;
  to.cluster.launcher = {"srun",      "--unbuffered",      "--nodes=1", "--ntasks=1",
                         "--overlap", "--nodelist={host}", "{agent}"};
}

constexpr Option options[] = {
    {.names = "-S,--hosts,--sshlogin",
     .value = "LIST",
     .repeatable = true,
     .help = "run tasks on these hosts too, as node1,node2:8",
     .details = R"(
Run tasks on these machines too. LIST has the names of hosts, separated by commas. A host may be written `USER@NAME`.
`NAME:N` and `N/NAME` start N workers there. Without N, the host gets the number of workers that --jobs says for that host:
by default, one for each of its CPUs. The name `:` means this machine.

prun starts one agent on each host, by default with ssh(1), so `ssh HOST prun --version` must work without a password. Tasks
go to the hosts as their workers become free. A host that is lost during the run loses no tasks: other hosts run them. See
`Other machines` in prun(1).
)",
     .take = take_hosts},
    {.names = "--hosts-file,--sshloginfile,--slf",
     .value = "FILE",
     .repeatable = true,
     .help = "read hosts from FILE, one per line",
     .details = R"(
Read hosts from FILE, each on a line of its own, in the forms of --hosts. Empty lines are ignored, and so is what follows a `#`
at the beginning of a line or after a blank.
)",
     .completes = Completes::files,
     .take = take_hosts_file},
    {.names = "--slurm",
     .help = "run tasks on the nodes of this Slurm job",
     .details = R"(
Run tasks on all nodes of the Slurm job that prun runs in, with as many workers on each node as the job has CPUs there. prun
starts one job step per node with `srun`. The machine that prun runs on takes part only as a node of the job.

    salloc -N 4 --no-kill prun --slurm map fib 1..39
)",
     .excludes = {{"--hosts", "the nodes are those of the job"},
                  {"--hosts-file", "the nodes are those of the job"},
                  {"--launcher", "agents are started with srun"}},
     .take = take_slurm},
    {.names = "--launcher",
     .value = "COMMAND",
     .help = "start agents with COMMAND instead of ssh",
     .details = R"(
Start the agent of a host with COMMAND instead of ssh. `{host}` is the name of the host, and `{agent}` is the command that
the host must run. COMMAND must connect its standard input and output with those of the agent, and must not change the bytes.
For example:

    prun map fib 1..39 -S pod1 --launcher 'kubectl exec -i {host} -- {agent}'
)",
     .completes = Completes::commands,
     .take = take_launcher},
    {.names = "--remote-prun",
     .value = "PATH",
     .help = "path of prun on the hosts (default: as here)",
     .details = R"(
Run this prun on the hosts. The default is the path of the prun that runs here. It must be the same build.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError(fmt::format("{} is empty", given.option));
           to.cluster.remote_prun = given.text;
         }},
    {.names = "--no-local",
     .help = "run no tasks on this machine",
     .details = "Run tasks on the hosts of --hosts only. If all of them are lost, the run fails.",
     .take = [](OptionValues& to, const Given&) { to.cluster.local = false; }},
    {.names = "--host-dir",
     .value = "DIR",
     .help = "folder on the hosts (default: as here)",
     .details = R"(
Run tasks in the folder DIR of the hosts, which must exist there. The default is the folder in which prun runs here, or the
folder in which the agent starts if the host does not have that folder.
)",
     .completes = Completes::folders,
     .take = [](OptionValues& to, const Given& given) { to.cluster.workdir = given.text; }},
    {.names = "--host-timeout",
     .value = "TIME",
     .help = "give up a host after this silence (default: 3s)",
     .details = R"(
Give a host up if nothing is heard of it for this long. The default is 3 s. Its agent sends a sign of life three times as
often, also while all its workers are busy. Its tasks run on other hosts, and prun tries to start the agent again.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           const auto time = parse_duration(given.option, given.text, false);
           to.cluster.dead_after = std::chrono::ceil<std::chrono::milliseconds>(time);
         }},
};

}  // namespace

constinit const OptionGroup groups::cluster{"Other machines", options};

}  // namespace prun::app
