// Where a library that is named without a folder lies: the folders of PRUN_PLUGIN_PATH, then the current one. It loads
// nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prun::native {

class LibrarySearch {
 public:
  /// @param path folders separated by ':', as in PATH; empty ones are left out
  explicit LibrarySearch(std::string_view path);

  /// What to open for `name`. A name with a '/' is itself; `mine.so` is searched for, and left as it is for the dynamic
  /// linker where it is not found.
  [[nodiscard]] std::string file_of(std::string_view name) const;

  /// The file mine.so in a folder of the path, for `mine`; empty: there is none.
  [[nodiscard]] std::string find_bare(std::string_view name) const;

  [[nodiscard]] bool empty() const noexcept { return folders_.empty(); }
  [[nodiscard]] std::string folders() const;  ///< for a message: "/a and /b"

 private:
  std::vector<std::string> folders_;
};

}  // namespace prun::native
