// See host_files.hpp.
#include "host_files.hpp"

#include "usage_error.hpp"

#include "cluster/host.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <fstream>
#include <string>

namespace prun::app {
namespace {

void read_host_file(const std::string& path, std::vector<cluster::Host>& to) {
  std::ifstream file(path);
  const UsageError unreadable(fmt::format("--hosts-file: cannot read {}", path));
  if (!file) throw unreadable;
  const std::size_t before = to.size();
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const auto hosts = cluster::parse_host_line(text);
    if (!hosts) throw UsageError(fmt::format("--hosts-file: {}:{}: {}", path, number, hosts.error()));
    to.insert(to.end(), hosts->begin(), hosts->end());
  }
  if (file.bad()) throw unreadable;
  if (to.size() == before)
    throw UsageError(fmt::format("--hosts-file: {} names no host; write one on each line, such as node2:8", path));
}

}  // namespace

void read_host_files(ClusterValues& values) {
  for (const std::string& path : values.host_files) read_host_file(path, values.hosts);
}

}  // namespace prun::app
