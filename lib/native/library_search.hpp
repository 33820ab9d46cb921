// Searches a library that is named without a folder: in the folders of PRUN_PLUGIN_PATH, then in the current one. It does
// not load it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace prun::native {

class LibrarySearch {
 public:
  /// @param path folders separated by ':', as in PATH; empty ones are ignored
  explicit LibrarySearch(std::string_view path);

  /// The file to open for `name`. A name with a '/' is unchanged. `mine.so` is searched. If it is not found, it is unchanged
  /// too, for the dynamic linker.
  [[nodiscard]] std::string file_of(std::string_view name) const;

  /// The file mine.so in a folder of the path, for `mine`; empty if there is none.
  [[nodiscard]] std::string find_bare(std::string_view name) const;

  [[nodiscard]] bool empty() const noexcept { return folders_.empty(); }
  [[nodiscard]] std::string folders() const;  ///< for a message: "/a and /b"

 private:
  std::vector<std::string> folders_;
};

}  // namespace prun::native
