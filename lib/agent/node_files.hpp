// The files of tasks on a node: takes those that the head sends, gives back those that tasks have made, and removes both if that was
// asked for.
#pragma once

#include "agent/head_line.hpp"
#include "cluster/incoming_file.hpp"
#include "command/task_files.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::agent {

class NodeFiles {
 public:
  /// @param files their templates; null: tasks have none. Both must outlive it.
  NodeFiles(const command::TaskFiles* files, HeadLine& line) : files_(files), line_(&line) {}
  NodeFiles(const NodeFiles&) = delete;
  NodeFiles& operator=(const NodeFiles&) = delete;

  [[nodiscard]] bool any() const noexcept { return files_ != nullptr && files_->any(); }
  /// A part of a file. Files come one after another.
  void take(const cluster::FileChunk& chunk);
  /// A task comes whose files have come before it.
  void task_comes(std::uint64_t index, std::string_view args);
  /// Why a task cannot run: a file of its has not come. Empty: it can.
  [[nodiscard]] std::string missing(std::uint64_t index) const;
  /// Why this machine can store no files at all, and what the user can do. Empty: it can.
  [[nodiscard]] const std::string& machine_error() const noexcept { return machine_error_; }
  /// The task goes back to the head.
  void task_goes(std::uint64_t index) { end(index); }
  /// The task has ended: sends the files that it has made. @return why it failed all the same; empty: it did not
  std::string task_ended(std::uint64_t index, bool succeeded);

 private:
  struct Known {
    std::uint32_t tasks = 0;  ///< that use it
    bool made = false;        ///< by this agent
    bool awaited = false;     ///< it has come, and its task comes next
    std::string error;        ///< why it is not there
  };
  struct Returned {
    std::string path;
    bool was_here = false;  ///< before the task, and not from the head: it is not removed
  };
  struct Task {
    std::vector<std::string> sent;
    std::vector<Returned> returned;
  };
  void end_file();
  void end(std::uint64_t index);
  void remove(const std::string& path) const;

  const command::TaskFiles* files_;
  HeadLine* line_;
  std::unique_ptr<cluster::IncomingFile> incoming_;
  std::string incoming_name_;  ///< as tasks name it
  std::string machine_error_;
  std::unordered_map<std::string, Known> known_;  ///< by path
  std::unordered_map<std::uint64_t, Task> tasks_;
};

}  // namespace prun::agent
