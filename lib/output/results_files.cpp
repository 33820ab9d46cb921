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

/// Behind the folders that the user wrote, `..` is an input's, or a part of one, and is the name of a file.
void keep_below(std::string_view written, std::string& name) {
  std::size_t begin = written.rfind('/') == std::string_view::npos ? 0 : written.rfind('/') + 1;
  while (begin < name.size()) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (std::string_view(name).substr(begin, end - begin) == "..") {
      name.insert(begin, 1, '\\');
      begin = end + 2;
    } else {
      begin = end + 1;
    }
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
  keep_below(name_.leading_text(), name);
  if (!taken_.insert(name).second) name += "\\~" + std::to_string(event.index + 1);
  return name;
}

}  // namespace prun
