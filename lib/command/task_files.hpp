// The files that go with a command to another machine and back: GNU parallel's --transferfile, --return and --cleanup. Both ends find
// the names from the same templates. It does not know how files travel.
#pragma once

#include "command/command_template.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace prun::command {

struct TaskFiles {
  std::vector<CommandTemplate> sent;      ///< each of one word
  std::vector<CommandTemplate> returned;  ///< each of one word
  bool cleanup = false;                   ///< the other machine does not keep them

  [[nodiscard]] bool any() const noexcept { return !sent.empty() || !returned.empty(); }
};

/// The names for a task. @param args of the call
[[nodiscard]] std::vector<std::string> file_names(const std::vector<CommandTemplate>& templates, std::string_view args,
                                                  std::uint64_t index);

}  // namespace prun::command
