// Finds the file that a name refers to, so that two names can be compared before a file is opened. It opens and creates no file.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace prun::sys {

/// Identifies an ordinary file. A file that does not exist yet is identified by its folder and its name there.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::string name{};  ///< empty: the file exists

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Absent for a pipe, a terminal, /dev/null and other files without content that could be overwritten; for a folder; and if the file
/// cannot be opened or created anyway.
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path);
[[nodiscard]] std::optional<FileIdentity> identity_of(int fd);

}  // namespace prun::sys
