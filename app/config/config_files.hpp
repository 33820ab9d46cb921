// Options that a user or an administrator keeps: in files, and in $PRUN_OPTIONS. It reads their lines and does not know options.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace prun::app {

/// A line with options, as on a command line.
struct ConfigLine {
  std::string place;  ///< "/etc/prun/options:3"
  std::vector<std::string> words;
};

/// The lines of /etc/prun/options, of options in the folder of the user's configuration, of the files NAME.options of a profile in
/// these folders, and of $PRUN_OPTIONS, in this order: later ones win. Files that do not exist have no lines.
/// @param profile a file for it must exist
/// @throws UsageError names the file and the line
[[nodiscard]] std::vector<ConfigLine> read_config(const std::optional<std::string>& profile);

}  // namespace prun::app
