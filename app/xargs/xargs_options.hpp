// The command line of `prun xargs`, which has the options of xargs and none of prun's. It runs nothing.
#pragma once

#include "input/commands/xargs_tasks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// `prun xargs ...`
struct RunXargs {
  std::vector<std::string> command{"echo"};
  std::optional<std::string> arg_file{};  ///< -a; absent: standard input
  std::string replaced{};                 ///< -I
  unsigned jobs = 1;                      ///< -P
  bool trace = false;                     ///< -t
  XargsTaskOptions tasks{};
};

/// The greatest number of commands that `-P 0` runs at a time.
inline constexpr unsigned most_xargs_jobs = 256;

/// @param words what stands after `prun xargs` @throws UsageError
[[nodiscard]] RunXargs parse_xargs(const std::vector<std::string>& words);

/// The options, for `prun xargs --help`.
extern const std::string_view xargs_help;

/// Returns the long names, such as `--null`.
[[nodiscard]] std::vector<std::string> xargs_option_names();

}  // namespace prun::app
