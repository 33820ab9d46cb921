#include "agent/node_files.hpp"

#include "sys/error.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace prun::agent {

void NodeFiles::take(const cluster::FileChunk& chunk) {
  if (incoming_ == nullptr) incoming_ = std::make_unique<cluster::IncomingFile>(chunk.name);
  incoming_->take(chunk);
  if (!chunk.last) return;
  Known& known = known_[incoming_->path()];
  known.made = known.made || incoming_->made();
  known.error = incoming_->error();
  incoming_.reset();
}

void NodeFiles::task_comes(std::uint64_t index, std::string_view args) {
  if (!any()) return;
  Task task{command::file_names(files_->sent, args, index), command::file_names(files_->returned, args, index)};
  for (const std::string& path : task.sent) ++known_[path].tasks;
  tasks_[index] = std::move(task);
}

std::string NodeFiles::missing(std::uint64_t index) const {
  const auto found = tasks_.find(index);
  if (found == tasks_.end()) return {};
  for (const std::string& path : found->second.sent) {
    if (const auto known = known_.find(path); known != known_.end() && !known->second.error.empty())
      return known->second.error;
  }
  return {};
}

std::string NodeFiles::task_ended(std::uint64_t index, bool succeeded) {
  const auto found = tasks_.find(index);
  if (found == tasks_.end()) return {};
  std::string why;
  std::uint32_t number = 0;
  for (const std::string& path : found->second.returned) {
    cluster::FileChunk head;
    head.index = index;
    head.number = number++;
    sys::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat state {};
    if (file && ::fstat(file.get(), &state) == 0 && S_ISREG(state.st_mode)) {
      head.mode = state.st_mode & 07777U;
      line_->send_file(std::move(head), std::move(file));
      if (files_->cleanup) remove(path);
    } else if (succeeded && why.empty()) {
      why = fmt::format("it has not made the file {} that it should return", path);
    }
  }
  end(index);
  return why;
}

void NodeFiles::end(std::uint64_t index) {
  const auto found = tasks_.find(index);
  if (found == tasks_.end()) return;
  for (const std::string& path : found->second.sent) {
    const auto known = known_.find(path);
    if (known == known_.end() || --known->second.tasks != 0) continue;
    if (files_->cleanup && known->second.made) remove(path);
    if (files_->cleanup) known_.erase(known);
  }
  tasks_.erase(found);
}

void NodeFiles::remove(const std::string& path) const { ::unlink(path.c_str()); }

}  // namespace prun::agent
