// Keeps what each command wrote in files, laid out as GNU parallel's --results has them, and passes everything on:
//
//   DIR/1/<first input>/2/<second input>/{seq,stdout,stderr}
//
// A slash in an input is written \_ , a backslash \\ , a NUL byte \0 ; an empty input, . and .. get a backslash before them. An
// input of more bytes than a file's name may have is cut. A task whose folder another task of the run has got already gets one
// of its own: \~N stands behind the folder's name, N being the task's number. No input is written so.
#pragma once

#include "command/command_result.hpp"
#include "event/task_event.hpp"

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <unordered_set>

namespace prun {

class ResultsDirectory final : public Listener {
 public:
  /// Makes the directory. @throws std::filesystem::filesystem_error
  ResultsDirectory(const std::string& directory, Listener& next, command::SpilledFiles* files);

  /// @throws std::system_error where a file cannot be written
  void on_task(const TaskEvent& event) override;
  void on_end() override { next_->on_end(); }

 private:
  [[nodiscard]] std::filesystem::path directory_of(const TaskEvent& event) const;
  [[nodiscard]] std::filesystem::path make_own_directory(const TaskEvent& event);
  [[nodiscard]] bool make_unless_taken(const std::filesystem::path& directory);
  void write(const std::filesystem::path& path, const command::CommandResult::Output& output) const;

  std::filesystem::path directory_;
  std::unordered_set<std::size_t> taken_;  ///< by tasks of this run: hashes of folders, for there may be many
  Listener* next_;
  command::SpilledFiles* files_;
};

}  // namespace prun
