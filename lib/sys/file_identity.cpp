#include "sys/file_identity.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

namespace prun::sys {
namespace {

namespace fs = std::filesystem;

constexpr int most_links = 40;  // as many as Linux follows

std::optional<FileIdentity> identity_of(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

/// Where open(2) would create the file: a symbolic link without a target is followed.
fs::path place_of_new(fs::path file) {
  std::error_code error;
  for (int links = 0; links < most_links && fs::is_symlink(file, error); ++links) {
    const fs::path target = fs::read_symlink(file, error);
    file = target.is_absolute() ? target : file.parent_path() / target;
  }
  return file;
}

}  // namespace

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return identity_of(status);
  if (errno != ENOENT) return std::nullopt;
  const fs::path file = place_of_new(path);
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (!file.has_filename() || ::stat(folder.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino, file.filename().string()};
}

std::optional<FileIdentity> identity_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? identity_of(status) : std::nullopt;
}

}  // namespace prun::sys
