// Creates folders. An error names the folder that could not be created.
#pragma once

#include <filesystem>
#include <system_error>

namespace prun::sys {

/// Creates a folder and its missing parents. @throws std::system_error
inline void make_folders(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw std::system_error(error, "cannot make the folder '" + folder.string() + "'");
}

}  // namespace prun::sys
