#include "agent/node_files.hpp"

#include "sys/regular_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <utility>

namespace prun::agent {

void NodeFiles::take(const cluster::FileChunk& chunk) {
  if (incoming_ != nullptr && incoming_name_ != chunk.name) incoming_.reset();  // its last part has not come
  if (incoming_ == nullptr) {
    incoming_ = std::make_unique<cluster::IncomingFile>(chunk.name);
    incoming_name_ = chunk.name;
  }
  incoming_->take(chunk);
  if (machine_error_.empty()) machine_error_ = incoming_->machine_error();
  if (chunk.last) end_file();
}

void NodeFiles::end_file() {
  Known& known = known_[incoming_name_];
  known.made = known.made || incoming_->made();
  known.awaited = true;
  known.error = incoming_->error();
  incoming_.reset();
}

void NodeFiles::task_comes(std::uint64_t index, std::string_view args) {
  if (!any()) return;
  Task task{command::file_names(files_->sent, args, index), {}};
  for (const std::string& path : task.sent) {
    Known& known = known_[path];
    ++known.tasks;
    if (!known.awaited) known.error = fmt::format("{} has not come whole to this host; run the task again", path);
  }
  for (const std::string& path : task.sent) known_[path].awaited = false;
  for (std::string& path : command::file_names(files_->returned, args, index)) {
    const auto known = known_.find(path);
    const bool made = known != known_.end() && known->second.made;
    const bool was_here = !made && ::access(path.c_str(), F_OK) == 0;
    task.returned.push_back({std::move(path), was_here});
  }
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
  for (const Returned& returned : found->second.returned) {
    cluster::FileChunk head;
    head.index = index;
    head.number = number++;
    sys::RegularFile opened = sys::open_regular_file(returned.path);
    if (opened.problem.empty()) {
      head.mode = opened.mode;
      line_->send_file(std::move(head), std::move(opened.file));
      if (files_->cleanup && !returned.was_here) remove(returned.path);
    } else if (succeeded && why.empty()) {
      const bool exists = ::access(returned.path.c_str(), F_OK) == 0;
      why = exists ? fmt::format("cannot read {} for --return: {}; make it a regular file that can be read",
                                 returned.path, opened.problem)
                   : fmt::format("the command made no file {}; make it, or correct the TEMPLATE of --return",
                                 returned.path);
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
    if (known == known_.end() || --known->second.tasks != 0 || known->second.awaited) continue;
    if (files_->cleanup && known->second.made) remove(path);
    if (files_->cleanup) known_.erase(known);
  }
  tasks_.erase(found);
}

void NodeFiles::remove(const std::string& path) const { ::unlink(path.c_str()); }

}  // namespace prun::agent
