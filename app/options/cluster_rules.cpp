// See cluster_rules.hpp.
#include "options/cluster_rules.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

constexpr std::array<std::string_view, 13> need_hosts{
    "--launcher",     "--remote-prun", "--copy-prun", "--no-local", "--host-dir", "--host-timeout", "--host-retry",
    "--transferfile", "--transfer",    "--return",    "--cleanup",  "--trc",      "--basefile"};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> refused{{
    {"--delay", "each host starts its tasks by itself"},
    {"--max-load", "prun measures the load of this machine only"},
    {"--min-free-memory", "prun measures the memory of this machine only"},
    {"--memsuspend", "prun stops commands of this machine only"},
    {"--admit", "prun measures the memory of this machine only"},
    {"--jobserver-style", "commands on other hosts get no jobserver"},
    {"--header", "the hosts do not read the line that names the columns"},
    {"--line-buffer", "a host sends the output of a command when the command has ended"},
    {"--ungroup", "a command on another host cannot write to the output of this prun"},
    {"--tty", "a command on another host cannot use this terminal"},
}};

std::string_view hosts_option(const CommandLine& line) {
  for (const std::string_view option : {"--hosts", "--hosts-file"}) {
    if (line.has(option)) return option;
  }
  return "--slurm";
}

}  // namespace

void check_cluster_options(const CommandLine& line, const ClusterValues& cluster) {
  if (cluster.slurm_deadline && !cluster.slurm)
    throw UsageError("--deadline slurm needs --slurm: it is the time limit of the Slurm job");
  if (cluster.requeue && !cluster.slurm) throw UsageError("--requeue needs --slurm: it is for Slurm jobs");
  if (!cluster.given) {
    const auto* const option = std::ranges::find_if(need_hosts, [&](std::string_view name) { return line.has(name); });
    if (option == need_hosts.end()) return;
    throw UsageError(fmt::format("{} needs --hosts LIST, --hosts-file FILE or --slurm", *option));
  }
  for (const auto& [option, why] : refused) {
    if (!line.has(option)) continue;
    const std::string_view hosts = hosts_option(line);
    throw UsageError(fmt::format("{} and {} cannot be used together: {}; leave out one of them", hosts, option, why));
  }
}

}  // namespace prun::app
