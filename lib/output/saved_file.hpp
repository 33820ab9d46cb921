// An output of a command in a file of its own.
#pragma once

#include "command/command_result.hpp"

#include <filesystem>

namespace prun {

/// Writes the file, which is emptied first. Errors that some file systems report only when a file is closed are found too.
/// @param files the outputs that were too large for memory, which stay there; null: there are none
/// @throws std::system_error
void save_output(const std::filesystem::path& path, const command::CommandResult::Output& output,
                 command::SpilledFiles* files);

}  // namespace prun
