// See host_files.hpp.
#include "host_files.hpp"

#include "usage_error.hpp"

#include "cluster/host.hpp"
#include "sys/text_file.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <sstream>
#include <string>
#include <system_error>

namespace prun::app {
namespace {

void read_host_file(const std::string& path, std::vector<cluster::Host>& to) {
  constexpr std::size_t most_bytes = std::size_t{16} << 20;
  std::istringstream file;
  try {
    file.str(sys::read_text_file(path, most_bytes));
  } catch (const std::system_error& error) {
    throw UsageError(fmt::format("--hosts-file: cannot read {}: {}", path, error.code().message()));
  }
  const std::size_t before = to.size();
  std::string text;
  for (int number = 1; std::getline(file, text); ++number) {
    const auto hosts = cluster::parse_host_line(text);
    if (!hosts) throw UsageError(fmt::format("--hosts-file: {}:{}: {}", path, number, hosts.error()));
    to.insert(to.end(), hosts->begin(), hosts->end());
  }
  if (to.size() == before)
    throw UsageError(fmt::format("--hosts-file: {} names no host; write one on each line, such as node2:8", path));
}

}  // namespace

void read_host_files(ClusterValues& values) {
  for (const std::string& path : values.host_files) read_host_file(path, values.hosts);
}

}  // namespace prun::app
