// See command_texts.hpp.
#include "command_texts.hpp"

#include "run_facts.hpp"

namespace prun::app {

CommandTexts::CommandTexts(const std::vector<journal::RunRecord>& runs)
    : functions_(command::given_commands(surroundings_)) {
  const journal::RunRecord* const last = journal::last_begun(runs);
  if (last == nullptr || last->mode == journal::python_mode) return;
  const auto run = parse_recorded(last->command);
  if (!run || !run->command) return;
  functions_.push_back(
      std::make_unique<command::TemplateCommand>(run->command->name, run->command->parsed, surroundings_, false));
}

std::string CommandTexts::of(std::string_view function, std::string_view args, std::string_view kwargs) const {
  for (const auto& command : functions_) {
    if (command->name() == function) return command->call_text(args, kwargs);
  }
  return {};
}

}  // namespace prun::app
