#include "command/task_files.hpp"

#include "command/command_function.hpp"

namespace prun::command {

std::vector<std::string> file_names(const std::vector<CommandTemplate>& templates, std::string_view args,
                                    std::uint64_t index) {
  std::vector<std::string> names;
  if (templates.empty()) return names;
  const std::vector<std::string> inputs = input_texts(args);
  const Filling filling = Filling::of_task(inputs, index);
  for (const CommandTemplate& form : templates) {
    // A template `{}` is one word for each input.
    for (std::string& word : form.expand(filling)) names.push_back(std::move(word));
  }
  return names;
}

}  // namespace prun::command
