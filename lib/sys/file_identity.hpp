// Which file a name means, so that two names can be compared before anything is opened. It opens nothing and creates nothing.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace prun::sys {

/// An ordinary file, or one that does not exist yet: then the folder that it would be created in, and its name there.
struct FileIdentity {
  dev_t device = 0;
  ino_t inode = 0;
  std::string name{};  ///< empty: the file exists

  friend bool operator==(const FileIdentity&, const FileIdentity&) = default;
};

/// Absent for what keeps nothing that could be overwritten, such as a pipe, a terminal or /dev/null; for a folder; and where the file
/// cannot be opened or created anyway.
[[nodiscard]] std::optional<FileIdentity> identity_of(const std::string& path);
[[nodiscard]] std::optional<FileIdentity> identity_of(int fd);

}  // namespace prun::sys
