// The files that nodes send back to the head. A node names a file by its task and a number, so that it cannot choose where the head
// writes. A file has come when its last part has: what is not whole is removed, and its task hears of it.
#pragma once

#include "cluster/incoming_file.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

namespace prun::cluster {

class ReturnedFiles {
 public:
  /// The node has the task, which returns these files.
  void expect(std::uint64_t index, std::vector<std::string> names);
  /// A part of a file of that task.
  void take(const FileChunk& chunk);
  /// The task has ended, or is no more with the node. @return why a file did not come; empty: all came
  std::string finish(std::uint64_t index);

 private:
  struct Task {
    std::vector<std::string> names;
    std::vector<bool> ended;                     ///< of each file: its last part has come
    std::map<std::uint64_t, IncomingFile> open;  ///< by number
    std::string error;                           ///< the first
  };

  std::unordered_map<std::uint64_t, Task> tasks_;  ///< that return files, by index
};

}  // namespace prun::cluster
