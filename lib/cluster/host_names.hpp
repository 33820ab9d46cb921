// The hosts of a run by number, as outcomes carry them: 0 is this machine, 1 the first node, and so on. Behind the nodes come
// hosts that only an earlier run of the same journal had.
#pragma once

#include "cluster/host.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace prun::cluster {

class HostNames {
 public:
  HostNames(std::string local, const std::vector<Host>& nodes) {
    add(std::move(local));
    for (const Host& node : nodes) add(node.name);
  }
  HostNames(const HostNames&) = delete;
  HostNames& operator=(const HostNames&) = delete;

  [[nodiscard]] std::string_view name_of(std::uint32_t number) const { return names_[number]; }
  /// The first host of that name. An unknown name gets a number. An empty one, which a run on one machine leaves, is this machine.
  [[nodiscard]] std::uint32_t number_of(std::string_view name) {
    if (name.empty()) return 0;
    const auto found = numbers_.find(name);
    return found != numbers_.end() ? found->second : add(std::string(name));
  }

 private:
  std::uint32_t add(std::string name) {
    const auto number = static_cast<std::uint32_t>(names_.size());
    numbers_.try_emplace(names_.emplace_back(std::move(name)), number);
    return number;
  }

  std::deque<std::string> names_;  ///< they stay where they are: `numbers_` refers to them
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace prun::cluster
