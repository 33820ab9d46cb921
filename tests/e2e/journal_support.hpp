// What the end-to-end tests of the journal share.
#pragma once

#include "prun_support.hpp"
#include "support/folder.hpp"

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

namespace prun::test {

/// A folder with a journal and a file that tasks append to.
class JournalFolder : public Folder {
 public:
  [[nodiscard]] std::string journal() const { return file("run.db"); }
  /// What tasks have appended to `file(name)`.
  [[nodiscard]] std::vector<std::string> traced(std::string_view name = "trace") const;
  /// Tasks whose outcome is recorded, as another process sees it while a run goes on.
  [[nodiscard]] std::size_t recorded() const;
};

/// Runs prun with these arguments, `--journal` and what `more` says.
[[nodiscard]] Result run_with(const JournalFolder& folder, std::vector<std::string> arguments,
                              std::vector<std::string> more = {}, std::string input = {});

/// Starts such a run, and kills the master when at least `recorded` outcomes stand in the journal.
void run_and_kill(const JournalFolder& folder, std::vector<std::string> arguments, std::size_t recorded, int signal,
                  std::string input = {});

[[nodiscard]] bool contains(std::string_view text, std::string_view part);

}  // namespace prun::test
