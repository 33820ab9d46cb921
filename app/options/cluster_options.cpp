// Options: other machines that run tasks too.
#include "options/option_groups.hpp"
#include "options/option_values.hpp"
#include "numbers.hpp"
#include "usage_error.hpp"

#include "command/command_words.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void take_launcher(OptionValues& to, const Given& given) {
  auto words = command::split_words(given.text);
  if (!words) throw UsageError(fmt::format("{} '{}': {}", given.option, given.text, words.error().message));
  const bool names_agent = std::ranges::any_of(
      *words, [](const std::string& word) { return word.find("{agent}") != std::string::npos; });
  if (!names_agent)
    throw UsageError(fmt::format("{} needs {{agent}} where the agent's command goes, as in 'ssh {{host}} {{agent}}'",
                                 given.option));
  to.cluster.launcher = std::move(*words);
}

constexpr Option options[] = {
    {.names = "-S,--hosts,--sshlogin",
     .value = "LIST",
     .repeatable = true,
     .help = "run tasks on these machines too, as node1,node2:8",
     .details = R"(
Run tasks on these machines too. LIST has the names of hosts, separated by commas. A host may be written `USER@NAME`.
`NAME:N` and `N/NAME` start N workers there. Without N, the host gets the number of workers that --jobs says for that host:
by default, one for each of its CPUs. The name `:` means this machine.

prun starts one agent on each host, by default with ssh(1), so `ssh HOST prun --version` must work without a password. Tasks
go to the hosts as their workers become free. A host that is lost during the run loses no tasks: other hosts run them. See
`Other machines` in prun(1).
)",
     .take = take_hosts},
    {.names = "--launcher",
     .value = "COMMAND",
     .help = "start agents with COMMAND (default: ssh {host} {agent})",
     .details = R"(
Start the agent of a host with COMMAND instead of ssh. `{host}` is the name of the host, and `{agent}` is the command that
the host must run. COMMAND must connect its standard input and output with those of the agent, and must not change the bytes.
For example:

    prun map fib 1..39 --hosts node1,node2 --launcher 'kubectl exec -i {host} -- {agent}'
)",
     .completes = Completes::commands,
     .needs = "--hosts LIST",
     .take = take_launcher},
    {.names = "--remote-prun",
     .value = "PATH",
     .help = "the prun of the hosts (default: the path of this one)",
     .details = R"(
Run this prun on the hosts. The default is the path of the prun that runs here. It must be the same build.
)",
     .needs = "--hosts LIST",
     .take =
         [](OptionValues& to, const Given& given) {
           if (given.text.empty()) throw UsageError(fmt::format("{} is empty", given.option));
           to.cluster.remote_prun = given.text;
         }},
    {.names = "--no-local",
     .help = "run no tasks on this machine",
     .details = "Run tasks on the hosts of --hosts only. If all of them are lost, the run fails.",
     .needs = "--hosts LIST",
     .take = [](OptionValues& to, const Given&) { to.cluster.local = false; }},
    {.names = "--workdir,--wd",
     .value = "DIR",
     .help = "folder on the hosts (default: the current folder)",
     .details = R"(
Run tasks in the folder DIR of the hosts, which must exist there. The default is the folder in which prun runs here, or the
folder in which the agent starts if the host does not have that folder.
)",
     .completes = Completes::folders,
     .needs = "--hosts LIST",
     .take = [](OptionValues& to, const Given& given) { to.cluster.workdir = given.text; }},
    {.names = "--host-timeout",
     .value = "TIME",
     .help = "a host that is silent for TIME is lost (default: 3s)",
     .details = R"(
Give a host up if nothing is heard of it for this long. The default is 3 s. Its agent sends a sign of life three times as
often, also while all its workers are busy. Its tasks run on other hosts, and prun tries to start the agent again.
)",
     .needs = "--hosts LIST",
     .take =
         [](OptionValues& to, const Given& given) {
           const auto time = parse_duration(given.option, given.text, false);
           to.cluster.dead_after = std::chrono::ceil<std::chrono::milliseconds>(time);
         }},
};

}  // namespace

constinit const OptionGroup groups::cluster{"Other machines", options};

}  // namespace prun::app
