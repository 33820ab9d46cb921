// The state of a file that a task reads: what tells cheaply that it is unchanged, and a hash for when that does not suffice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace prun::journal {

struct FileState {
  std::string name;
  std::uint64_t size = 0;
  std::int64_t modified = 0;  ///< nanoseconds since 1970
  std::int64_t changed = 0;   ///< the same of its inode; not recorded
  std::uint64_t inode = 0;    ///< not recorded

  friend bool operator==(const FileState&, const FileState&) = default;
};

/// Absent: there is no such file. Of a folder only the time counts.
[[nodiscard]] std::optional<FileState> state_of(const std::string& name);

[[nodiscard]] bool file_exists(const std::string& name) noexcept;

/// The SHA-256 of its content in hexadecimal; empty: it cannot be read.
[[nodiscard]] std::string hash_of_file(const std::string& name);

/// The same of a text.
[[nodiscard]] std::string hash_of_text(std::string_view text);

}  // namespace prun::journal
