// The files that a command line names and what a run does with each. It finds two names that mean the same file before the run opens
// any of them: a trace must not overwrite the input, or another output.
#pragma once

#include "options/command_line.hpp"
#include "options/option.hpp"

#include "input/commands/command_inputs.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace prun::app {

struct NamedFile {
  std::string_view option;  ///< "--trace"
  std::string path;
  FileUse use = FileUse::read;
};

/// @param lists the inputs of a command
[[nodiscard]] std::vector<NamedFile> named_files(const CommandLine& line, const std::vector<InputList>& lists);

/// The standard streams count too. @throws UsageError if two names mean one file that one of them writes
void refuse_shared_files(const std::vector<NamedFile>& files);

}  // namespace prun::app
