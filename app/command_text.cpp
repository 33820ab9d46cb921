// See command_text.hpp.
#include "command_text.hpp"

#include "usage_error.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace prun::app {

command::CommandTemplate CommandText::parse(const std::vector<std::string>& columns) const {
  command::PlaceholderSyntax named = syntax;
  named.columns = columns;
  const bool bash = shell && std::string_view(*shell).substr(shell->rfind('/') + 1) == "bash";  // npos + 1 is 0
  const auto dialect = bash ? command::ShellDialect::bash : command::ShellDialect::common;
  auto parsed = script ? command::CommandTemplate::of_script(*script, add_inputs, named, dialect)
                       : command::CommandTemplate::of_words(words, add_inputs, named);
  if (!parsed) throw UsageError(fmt::format("{}: {}", source, parsed.error()));
  if (shell) parsed->set_shell(*shell);
  return std::move(*parsed);
}

}  // namespace prun::app
