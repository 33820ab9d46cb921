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
#include <iterator>
#include <string>
#include <string_view>
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

void send_inputs(OptionValues& to) {
  auto& sent = to.command.sent_files;
  if (std::find(sent.begin(), sent.end(), "{}") == sent.end()) sent.emplace_back("{}");
}

void take_hosts_file(OptionValues& to, const Given& given) {
  to.cluster.host_files.push_back(given.text);
  to.cluster.given = true;
}

std::vector<std::string> split_value(const Given& given) {
  auto words = command::split_words(given.text);
  if (words) return std::move(*words);
  throw UsageError(fmt::format("{} takes words as a shell does, but '{}' cannot be split: {}", given.option, given.text,
                               words.error().message));
}

void take_launcher(OptionValues& to, const Given& given) {
  auto words = split_value(given);
  const bool names_agent =
      std::ranges::any_of(words, [](const std::string& word) { return word.find("{agent}") != std::string::npos; });
  if (!names_agent)
    throw UsageError(
        fmt::format("{} needs {{agent}} where the agent's command goes, as in 'ssh {{host}} {{agent}}'", given.option));
  to.cluster.launcher = std::move(words);
}

std::string slurm_variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  if (value != nullptr) return value;
  throw UsageError(fmt::format(
      "--slurm: SLURM_JOB_ID is set, but {} is not; start prun from the script of the job, or use --hosts", name));
}

// Slurm starts one step with one agent on each node of the job, also on the node where this prun runs.
void take_slurm(OptionValues& to, const Given& given) {
  to.cluster.slurm_options = split_value(given);
  to.cluster.given = to.cluster.slurm = true;
  to.cluster.local = false;
  to.cluster.launcher = {"srun",      "--unbuffered",      "--nodes=1", "--ntasks=1", "--cpus-per-task={cpus}",
                         "--overlap", "--nodelist={host}", "{agent}"};
  to.cluster.needs_allocation = std::getenv("SLURM_JOB_ID") == nullptr;  // NOLINT(concurrency-mt-unsafe)
  if (to.cluster.needs_allocation) return;
  const auto nodes = cluster::expand_nodes(slurm_variable("SLURM_JOB_NODELIST"));
  const auto cpus = cluster::expand_cpus(slurm_variable("SLURM_JOB_CPUS_PER_NODE"));
  if (!nodes)
    throw UsageError(fmt::format("{}: SLURM_JOB_NODELIST: {}; use --hosts instead", given.option, nodes.error()));
  if (!cpus)
    throw UsageError(fmt::format("{}: SLURM_JOB_CPUS_PER_NODE: {}; use --hosts instead", given.option, cpus.error()));
  if (nodes->size() != cpus->size()) {
    throw UsageError(fmt::format(
        "{}: SLURM_JOB_NODELIST names {} nodes, and SLURM_JOB_CPUS_PER_NODE has the CPUs of {}; use --hosts instead",
        given.option, nodes->size(), cpus->size()));
  }
  for (std::size_t i = 0; i < nodes->size(); ++i) to.cluster.hosts.push_back({(*nodes)[i], (*cpus)[i], (*cpus)[i]});
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
     .file = FileUse::read,
     .take = take_hosts_file},
    {.names = "--slurm",
     .value = "OPTIONS",
     .implied = "--exclusive",
     .help = "run tasks on the nodes of a Slurm job",
     .details = R"(
Run tasks on all nodes of a Slurm job, with as many workers on each node as the job has CPUs there. In a job, prun starts one job
step per node with `srun`. The machine that prun runs on takes part only as a node of the job.

Outside a job, prun asks for one with `salloc`, waits for it, and releases it when the run ends. --nodes says how many nodes.
OPTIONS are words for `salloc`, such as `-p debug -t 60`; without OPTIONS, prun asks for whole nodes (`--exclusive`). In a
job, OPTIONS and --nodes do nothing.

    prun map fib 1..39 --slurm --nodes 4
    prun map fib 1..39 --slurm='-p debug -t 60 -n 32'
    sbatch -N 4 --exclusive --no-kill --wrap 'exec prun map fib 1..39 --slurm'

Before Slurm ends a job, at its time limit or because other jobs need the nodes, it sends SIGTERM, or the signal of the option
`--signal` of sbatch, which should be USR1. Then prun starts no more tasks, lets those that run go on as long as the job has time,
records what they did and exits with status 75. See --requeue and --deadline `slurm`.
)",
     .excludes = {{"--hosts", "the nodes are those of the job"},
                  {"--hosts-file", "the nodes are those of the job"},
                  {"--launcher", "agents are started with srun"}},
     .take = take_slurm},
    {.names = "--nodes",
     .value = "N",
     .help = "ask Slurm for N nodes (also -N after --slurm)",
     .details = R"(
Ask Slurm for N nodes, or for `MIN-MAX` nodes. With --slurm, `-N N` means the same, as for `salloc`.
)",
     .needs = "--slurm",
     .take = [](OptionValues& to, const Given& given) { to.cluster.nodes = given.text; }},
    {.names = "--requeue",
     .help = "queue the Slurm job again if it ends early",
     .details = R"(
If Slurm ends the job before all tasks are done, put it back into the queue (`scontrol requeue`). When it runs again, this run
continues with the tasks that are missing: the journal must be on a file system that outlives the job. The job must be a
batch job. Give sbatch the options `--requeue` and `--open-mode=append`, so that Slurm keeps the output so far.

    sbatch -N 4 --exclusive --no-kill --requeue --open-mode=append \
      --signal=B:USR1@120 \
      --wrap 'exec prun map fib 1..39 --slurm --requeue --journal run.db'
)",
     .needs = "--journal FILE",
     .take =
         [](OptionValues& to, const Given&) {
           to.cluster.requeue = true;
           const char* const restarts = std::getenv("SLURM_RESTART_COUNT");  // NOLINT(concurrency-mt-unsafe)
           if (restarts != nullptr && std::string_view(restarts) != "0") to.journal.resume = true;
         }},
    {.names = "--launcher",
     .value = "COMMAND",
     .help = "start agents with COMMAND instead of ssh",
     .details = R"(
Start the agent of a host with COMMAND instead of ssh. `{host}` is the name of the host, and `{agent}` is the command that
the host must run. COMMAND must connect its standard input and output with those of the agent, and must not change the bytes.
Tried: ssh, srun and mpirun of Open MPI. Not tried: `pbs_tmrsh`, `kubectl exec` and `docker exec`, whose lines are in prun-cluster(7).

    prun map fib 1..39 -S node1,node2 \
      --launcher 'mpirun --host {host} -n 1 --bind-to none {agent}'
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
           if (given.text.empty())
             throw UsageError(fmt::format("{} is empty; it must be the path of prun on the hosts", given.option));
           to.cluster.remote_prun = given.text;
         }},
    {.names = "--copy-prun",
     .help = "copy this prun to hosts that lack it",
     .details = R"(
Copy this prun to the hosts that do not have this build of it. It travels through the launcher. A host keeps the copy in
`~/.cache/prun`, in a folder with the name of the build, for later runs. The host needs the same kind of processor, a shell, and the
shared libraries that prun needs: `ldd prun` lists them.
)",
     .excludes = {{"--remote-prun", "the copy is run"}},
     .take = [](OptionValues& to, const Given&) { to.cluster.copy_prun = true; }},
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
    {.names = "--transferfile,--tf",
     .also = "--transfer-file,--transfer-files,--transferfiles",
     .value = "TEMPLATE",
     .repeatable = true,
     .help = "send this file with each task to its host",
     .details = R"(
Send a file to the host before a task runs there. TEMPLATE is its name, with placeholders such as `{}` and `{1}`. A relative name is
one in the folder of prun here, and in --host-dir there; --cwd does not change that. prun makes missing folders. The file travels through
the launcher. prun does not send a file that the host already has with the same contents; other contents are replaced. If a file cannot
be sent, the task fails. A host that can store no files, because its disk is full for example, is not used. Tasks of this machine use the files themselves.

    prun -S node1,node2 --transferfile {} --return {.}.jpg --cleanup \
      convert {} {.}.jpg ::: *.png
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.sent_files.push_back(given.text); }},
    {.names = "--transfer",
     .help = "as --transferfile {}",
     .details = "Send the inputs as files to the host of each task. The same as --transferfile `{}`.",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { send_inputs(to); }},
    {.names = "--return",
     .value = "TEMPLATE",
     .repeatable = true,
     .help = "bring this file back after each task",
     .details = R"(
Bring a file back from the host after a task. TEMPLATE is its name, as for --transferfile. If a task succeeds but the file does not exist, the task fails. Tasks of this
machine are not checked.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given& given) { to.command.returned_files.push_back(given.text); }},
    {.names = "--cleanup",
     .help = "remove sent and returned files from the hosts",
     .details = R"(
After a task, remove the files of --transferfile and --return from its host. A file that was on the host before is not removed, and
folders stay. Do not use --cleanup for a file that several tasks need if hosts share the folder.
)",
     .runs = Runs::commands,
     .take = [](OptionValues& to, const Given&) { to.command.cleanup = true; }},
    {.names = "--trc",
     .value = "TEMPLATE",
     .repeatable = true,
     .help = "as --transfer --return TEMPLATE --cleanup",
     .details = "The same as --transfer, --return TEMPLATE and --cleanup.",
     .runs = Runs::commands,
     .take =
         [](OptionValues& to, const Given& given) {
           send_inputs(to);
           to.command.returned_files.push_back(given.text);
           to.command.cleanup = true;
         }},
    {.names = "--basefile,--bf",
     .value = "FILE",
     .repeatable = true,
     .help = "send FILE to each host before its first task",
     .details = R"(
Send FILE to each host before its first task. Plugins and Python files that the command line names are sent without this option,
except with --slurm.
)",
     .completes = Completes::files,
     .take = [](OptionValues& to, const Given& given) { to.cluster.base_files.push_back(given.text); }},
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
           if (time > std::chrono::hours(24 * 20)) throw UsageError("--host-timeout takes at most 20 days");
           to.cluster.dead_after = std::chrono::ceil<std::chrono::milliseconds>(time);
         }},
    {.names = "--host-retry",
     .value = "TIME",
     .help = "start lost hosts again for TIME (default: 30s)",
     .details = R"(
After a host is lost, try to start its agent again for this long: after 0.5 s, 1 s, 2 s and so on, at most 5 s apart. The default
is 30 s. The time starts again with each result from the host. A host that never worked is tried four times.
)",
     .take =
         [](OptionValues& to, const Given& given) {
           const auto time = parse_duration(given.option, given.text, true);
           to.cluster.retry_for = std::chrono::ceil<std::chrono::milliseconds>(time);
         }},
};

}  // namespace

constinit const OptionGroup groups::cluster{"Other machines", options};

}  // namespace prun::app
