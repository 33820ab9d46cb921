#include "cluster/returned_files.hpp"

#include <fmt/format.h>

namespace prun::cluster {

void ReturnedFiles::take(const FileChunk& chunk) {
  const auto task = names_.find(chunk.index);
  if (task == names_.end() || chunk.number >= task->second.size()) return;
  const std::pair key(chunk.index, chunk.number);
  IncomingFile& file = open_.try_emplace(key, task->second[chunk.number]).first->second;
  file.take(chunk);
  if (!chunk.last) return;
  if (!file.error().empty())
    errors_.try_emplace(chunk.index, task->second[chunk.number] + " has not come back: " + file.error());
  open_.erase(key);
}

std::string ReturnedFiles::finish(std::uint64_t index) {
  if (names_.erase(index) == 0) return {};
  open_.erase(open_.lower_bound({index, 0}), open_.upper_bound({index, UINT32_MAX}));
  const auto error = errors_.find(index);
  if (error == errors_.end()) return {};
  std::string text = std::move(error->second);
  errors_.erase(error);
  return text;
}

}  // namespace prun::cluster
