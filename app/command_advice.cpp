// See command_advice.hpp.
#include "command_advice.hpp"

#include "command/shell_syntax.hpp"

#include <fmt/format.h>

namespace prun::app {
namespace {

/// `sh -c 'cat {}'`: the inner shell reads the input as a part of its script.
bool puts_inputs_into_script(const std::vector<std::string>& words, const command::CommandTemplate& parsed) {
  if (words.size() < 3 || !command::is_shell(words[0])) return false;
  const std::string& option = words[1];
  const bool takes_script = option.size() > 1 && option[0] == '-' && option[1] != '-' && option.ends_with('c');
  return takes_script && parsed.has_input_within(2);
}

}  // namespace

std::optional<std::string> command_advice(const WrittenCommand& written, const command::CommandTemplate& parsed,
                                          bool has_inputs) {
  if (written.script) {
    if (!has_inputs || !parsed.ignores_inputs()) return std::nullopt;
    return R"(the script does not use its inputs; write {} or "$1" where the input belongs)";
  }
  if (written.text) {
    if (const auto syntax = command::shell_syntax_in(*written.text)) {
      return fmt::format("--cmd runs no shell: '{}' is an argument of the command; use --sh for a script", *syntax);
    }
  }
  if (!written.text) {
    if (const auto syntax = command::shell_operator_among(written.words)) {
      return fmt::format("'{}' is an argument of {}; for the shell to read it, write the whole command in quotes",
                         *syntax, written.words[0]);
    }
  }
  if (puts_inputs_into_script(written.words, parsed)) {
    return fmt::format(
        "{0} -c reads the input as a part of its script, and may run it; use --sh, or write \"$1\" in the script and "
        "{{}} "
        "behind it: {0} -c '...' {0} {{}}",
        written.words[0]);
  }
  return std::nullopt;
}

std::string missing_program_advice(const std::string& program) {
  if (command::is_assignment(program)) {
    return fmt::format("; to set a variable for a command, use --sh, or the command env: env {} ...", program);
  }
  if (command::is_shell_word(program)) return fmt::format("; {} belongs to the shell: use --sh", program);
  return {};
}

}  // namespace prun::app
