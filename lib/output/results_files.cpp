// See results_files.hpp.
#include "output/results_files.hpp"

#include "command/command_function.hpp"
#include "output/saved_file.hpp"
#include "sys/folder.hpp"

#include <vector>

namespace prun {

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
  command::Filling filling;
  filling.inputs.assign(inputs.begin(), inputs.end());
  filling.number = event.index + 1;
  std::string name;
  for (const std::string& word : name_.expand(filling)) name.append(name.empty() ? "" : " ").append(word);
  if (!taken_.insert(name).second) name += "\\~" + std::to_string(event.index + 1);
  return name;
}

}  // namespace prun
