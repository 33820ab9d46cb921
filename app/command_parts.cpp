// See command_parts.hpp.
#include "command_parts.hpp"

#include "usage_error.hpp"

#include "output/results_table.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace prun::app {
namespace {

/// A text of one word that is filled in for each task. Mistakes in it are found now.
CommandText part_text(const std::string& source, const std::string& text, const CommandOptions& options) {
  CommandText part;
  part.source = source;
  part.words = {text};
  part.add_inputs = false;
  part.syntax = options.text.syntax;
  const command::CommandTemplate parsed = part.parse();
  for (const std::string_view placeholder : {parsed.total_placeholder(), parsed.worker_placeholder()}) {
    if (!placeholder.empty()) throw UsageError(fmt::format("{}: {} is not known there", source, placeholder));
  }
  return part;
}

/// `\t` is a tab, as in GNU parallel. Other backslashes may belong to a placeholder.
std::string with_tabs(std::string text) {
  for (auto at = text.find("\\t"); at != std::string::npos; at = text.find("\\t", at + 1)) {
    const auto brace = text.find_last_of("{}", at);
    if (brace == std::string::npos || text[brace] == '}') text.replace(at, 2, 1, '\t');
  }
  return text;
}

/// Names of files with placeholders, unlike the name of a folder or of a table.
void take_results(const std::string& name, CommandOptions& options) {
  if (ResultsTable::dialect_of(name) || name.find('{') == std::string::npos) return;
  CommandText text = part_text("--results", name, options);
  const bool named = options.inputs.header || text.parse().has_place_for_inputs() || text.parse().numbers_tasks();
  if (named) options.results = std::move(text);
}

}  // namespace

void take_parts(const OptionValues& values, CommandOptions& options) {
  const CommandValues& command = values.command;
  if (command.tag_text) options.tag = part_text("--tagstring", with_tabs(*command.tag_text), options);
  if (command.directory) options.directory = part_text("--cwd", *command.directory, options);
  for (const std::string& name : command.sent_files)
    options.sent_files.push_back(part_text("--transferfile", name, options));
  for (const std::string& name : command.returned_files)
    options.returned_files.push_back(part_text("--return", name, options));
  options.cleanup = command.cleanup;
  for (const std::string& name : values.journal.reads) options.reads.push_back(part_text("--in", name, options));
  for (const std::string& name : values.journal.writes) options.writes.push_back(part_text("--out", name, options));
  if (values.output.results_directory) take_results(*values.output.results_directory, options);
}

}  // namespace prun::app
