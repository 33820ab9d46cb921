// The files that nodes send back to the head. A node names a file by its task and a number, so that it cannot choose where the head
// writes.
#pragma once

#include "cluster/incoming_file.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace prun::cluster {

class ReturnedFiles {
 public:
  /// The node has the task, which returns these files.
  void expect(std::uint64_t index, std::vector<std::string> names) { names_[index] = std::move(names); }
  /// A part of a file of that task.
  void take(const FileChunk& chunk);
  /// The task has ended, or is no more with the node. @return why a file did not come; empty: all came
  std::string finish(std::uint64_t index);

 private:
  std::unordered_map<std::uint64_t, std::vector<std::string>> names_;  ///< by task
  std::unordered_map<std::uint64_t, std::string> errors_;              ///< by task: the first
  std::map<std::pair<std::uint64_t, std::uint32_t>, IncomingFile> open_;
};

}  // namespace prun::cluster
