// The command line of `prun sem`, which has the options of GNU sem and none of prun's others. It runs nothing.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

/// `prun sem ...`
struct RunSem {
  std::vector<std::string> command{};
  std::string id = "default";  ///< the name of the semaphore
  unsigned jobs = 1;           ///< so many commands may run at a time
  bool background = true;
  bool wait = false;                                 ///< run nothing: wait until no command of the semaphore runs
  std::optional<std::chrono::milliseconds> limit{};  ///< wait no longer for the semaphore
  bool runs_at_limit = true;                         ///< and then run the command nevertheless
};

/// @param words what stands after `prun sem` @throws UsageError
[[nodiscard]] RunSem parse_sem(const std::vector<std::string>& words);

/// The options, for `prun sem --help`.
extern const std::string_view sem_help;

/// Returns the long names, such as `--null`.
[[nodiscard]] std::vector<std::string> sem_option_names();

}  // namespace prun::app
