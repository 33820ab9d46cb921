// A folder of a test's own, gone with it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace prun::test {

class Folder {
 public:
  /// @param parent where it is made; empty: where temporary files are
  explicit Folder(const std::filesystem::path& parent = {});
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }
  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  [[nodiscard]] std::string file(std::string_view name) const { return (path_ / name).string(); }

  /// Makes the file `name`, which may stand in folders that do not exist yet. A slash before it changes nothing.
  void write(std::string_view name, std::string_view content) const;
  /// Empty where there is no such file.
  [[nodiscard]] std::string read(std::string_view name) const;

 private:
  [[nodiscard]] std::filesystem::path within(std::string_view name) const;

  std::filesystem::path path_;
};

}  // namespace prun::test
