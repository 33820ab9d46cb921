// See results_files.hpp.
#include "output/results_files.hpp"

#include "command/command_function.hpp"
#include "output/saved_file.hpp"
#include "sys/folder.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace prun {
namespace {

/// The folders that the user wrote, up to the last slash before a placeholder.
std::string_view folders_in(std::string_view written) {
  return written.substr(0, written.rfind('/') + 1);  // npos + 1 is 0
}

/// Behind the folders that the user wrote, the name is an input's: a slash at its begin means nothing, `..` is the name of a file,
/// and the last part is one too.
void keep_below(std::string_view folders, std::string& name) {
  const std::size_t first = std::min(name.find_first_not_of('/', folders.size()), name.size());
  name.erase(folders.size(), first - folders.size());
  std::size_t begin = folders.size();
  for (;;) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string_view part = std::string_view(name).substr(begin, end - begin);
    const bool last = end == name.size();
    const bool marked = part == ".." || (last && (part.empty() || part == "."));
    if (marked) name.insert(begin, 1, '\\');
    if (last) return;
    begin = end + (marked ? 2 : 1);
  }
}

}  // namespace

void ResultsFiles::on_task(const TaskEvent& event) {
  if (event.command) {
    const std::filesystem::path path = name_of(event);
    if (path.has_parent_path()) sys::make_folders(path.parent_path());
    const command::Outputs outputs =
        command::outputs_of(event.failure != nullptr ? std::string_view(event.failure->detail) : event.value);
    const std::string number = std::to_string(event.index + 1);
    save_output(path, outputs.out, files_);
    save_output(path.string() + ".err", outputs.err, files_);
    save_output(path.string() + ".seq", {number, std::nullopt}, files_);
  }
  next_->on_task(event);
}

std::string ResultsFiles::name_of(const TaskEvent& event) {
  const std::vector<std::string> inputs = command::input_texts(event.args);
  std::string name = name_.expand_name(command::Filling::of_task(inputs, event.index));
  keep_below(folders_in(name_.leading_text()), name);
  if (!taken_.insert(name).second) name += "\\~" + std::to_string(event.index + 1);
  return name;
}

}  // namespace prun
