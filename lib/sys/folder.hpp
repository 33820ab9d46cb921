// Makes folders, with errors that say what was to be made.
#pragma once

#include <filesystem>
#include <system_error>

namespace prun::sys {

/// Makes a folder and those above it, as far as they are missing. @throws std::system_error
inline void make_folders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::system_error(error, "cannot make the folder '" + folder.string() + "'");
}

}  // namespace prun::sys
