// Saves the output of each command in files, in the layout of GNU parallel's --results, and passes every event on:
//
//   DIR/1/<first input>/2/<second input>/{seq,stdout,stderr}
//
// With --header, the names of the columns stand instead of their numbers, sorted, and the columns without a name follow.
// In an input or a name a slash is written \_ , a backslash \\ and a NUL byte \0 . An empty input, . and .. get a backslash in front.
// An input longer than a file name is truncated. If another task of the run has the same folder, the task gets its own: the
// folder's name followed by \~N, where N is the task's number. No input is written like this.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace prun {

class ResultsDirectory final : public Listener {
 public:
  /// Creates the directory. @param columns names of the inputs @throws std::filesystem::filesystem_error
  ResultsDirectory(const std::string& directory, const std::vector<std::string>& columns, Listener& next,
                   command::SpilledFiles* files);

  /// @throws std::system_error if a file cannot be written
  void on_task(const TaskEvent& event) override;
  void on_end() override { next_->on_end(); }

 private:
  [[nodiscard]] std::filesystem::path directory_of(const TaskEvent& event) const;
  [[nodiscard]] std::filesystem::path make_own_directory(const TaskEvent& event);
  [[nodiscard]] bool make_unless_taken(const std::filesystem::path& directory);

  std::filesystem::path directory_;
  std::vector<std::pair<std::size_t, std::string>> columns_;  ///< position, from 0, and file name; sorted by name
  std::unordered_set<std::size_t> taken_;  ///< by tasks of this run: hashes of folders, because there may be many
  Listener* next_;
  command::SpilledFiles* files_;
};

}  // namespace prun
