#include "agents_support.hpp"

#include "support/process_tree.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

namespace prun::test {

std::vector<pid_t> agents_of(pid_t head) {
  std::vector<pid_t> agents;
  for (const pid_t pid : descendants_of(head)) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/cmdline");
    const std::string words{std::istreambuf_iterator<char>(file), {}};
    const bool below_another = std::ranges::any_of(agents, [pid](pid_t agent) {
      const auto below = descendants_of(agent);
      return std::ranges::find(below, pid) != below.end();
    });
    if (!below_another && words.ends_with(std::string("agent\0", 6)) && descendants_of(pid).size() > 1)
      agents.push_back(pid);
  }
  return agents;
}

}  // namespace prun::test
