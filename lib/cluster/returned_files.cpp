#include "cluster/returned_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace prun::cluster {

void ReturnedFiles::expect(std::uint64_t index, std::vector<std::string> names) {
  if (names.empty()) return;
  Task& task = tasks_[index];
  task = {};
  task.ended.resize(names.size());
  task.names = std::move(names);
}

void ReturnedFiles::take(const FileChunk& chunk) {
  const auto found = tasks_.find(chunk.index);
  if (found == tasks_.end() || chunk.number >= found->second.names.size()) return;
  Task& task = found->second;
  if (task.ended[chunk.number]) return;
  const std::string& name = task.names[chunk.number];
  IncomingFile& file = task.open.try_emplace(chunk.number, name).first->second;
  file.take(chunk);
  if (!chunk.last) return;
  if (!file.error().empty() && task.error.empty())
    task.error = fmt::format("{} has not come back: {}", name, file.error());
  task.ended[chunk.number] = true;
  task.open.erase(chunk.number);
}

std::string ReturnedFiles::finish(std::uint64_t index) {
  const auto found = tasks_.find(index);
  if (found == tasks_.end()) return {};
  const Task task = std::move(found->second);
  tasks_.erase(found);
  if (!task.error.empty()) return task.error;
  const auto missing = std::ranges::find(task.ended, false);
  if (missing == task.ended.end()) return {};
  const auto number = static_cast<std::uint64_t>(missing - task.ended.begin());
  const bool begun = task.open.contains(number);
  return fmt::format("{} has not come back: the host sent {} of it; run the task again", task.names[number],
                     begun ? "only a part" : "no part");
}

}  // namespace prun::cluster
