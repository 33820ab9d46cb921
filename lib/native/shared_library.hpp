// A shared library that has been loaded, and its symbols. It does not know what they are for.
#pragma once

#include <tl/expected.hpp>

#include <memory>
#include <string>
#include <string_view>

namespace prun::native {

/// The file name has the form of a shared library's: `mine.so`, `./mine.so`, `libm.so.6`.
[[nodiscard]] bool names_shared_library(std::string_view file) noexcept;

/// Stays in memory until the process ends: its threads, handlers and statics may be in use after the last call.
class SharedLibrary {
 public:
  /// @param file a path where it has a '/', else searched for as the dynamic linker does
  /// @return what is wrong, for a person
  [[nodiscard]] static tl::expected<SharedLibrary, std::string> open(const std::string& file);

  [[nodiscard]] const std::string& file() const noexcept { return file_; }

  /// The same library, by whatever name.
  friend bool operator==(const SharedLibrary& a, const SharedLibrary& b) noexcept { return a.handle_ == b.handle_; }

  /// Its address, or null; the library's dependencies are searched too.
  [[nodiscard]] void* symbol(const std::string& name) const noexcept;

  /// The symbol at that address is known to be no function.
  [[nodiscard]] static bool is_variable(const void* symbol) noexcept;

 private:
  SharedLibrary(std::string file, void* handle) noexcept : file_(std::move(file)), handle_(handle) {}

  std::string file_;
  void* handle_;  // never closed
};

}  // namespace prun::native
