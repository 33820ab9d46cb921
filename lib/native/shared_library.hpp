// A loaded shared library and its symbols. It does not know their purpose.
#pragma once

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace prun::native {

/// The file name has the form of a shared library: `mine.so`, `./mine.so`, `libm.so.6`.
[[nodiscard]] bool names_shared_library(std::string_view file) noexcept;

/// Stays loaded until the process exits, because its threads, handlers and statics may be in use after the last call.
class SharedLibrary {
 public:
  /// @param file a path if it has a '/', otherwise a name for the dynamic linker to search
  /// @return what is wrong, for the user
  [[nodiscard]] static tl::expected<SharedLibrary, std::string> open(const std::string& file);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  /// The same library, whatever its name.
  friend bool operator==(const SharedLibrary& a, const SharedLibrary& b) noexcept { return a.handle_ == b.handle_; }

  /// The address of a symbol, or null. Also searches the dependencies of the library.
  [[nodiscard]] void* symbol(const std::string& name) const noexcept;

  /// Returns true if the symbol at that address is certainly not a function.
  [[nodiscard]] static bool is_variable(const void* symbol) noexcept;

 private:
  SharedLibrary(std::string file, void* handle) noexcept : file_(std::move(file)), handle_(handle) {}

  std::string file_;
  void* handle_;  // never closed
};

}  // namespace prun::native
