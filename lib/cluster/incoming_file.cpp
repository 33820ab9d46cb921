#include "cluster/incoming_file.hpp"

#include "sys/error.hpp"
#include "sys/folder.hpp"
#include "sys/regular_file.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace prun::cluster {
namespace {

constexpr const char* free_space = "free space on its disk, or choose another folder with --host-dir";
constexpr const char* allow_writing = "make its folder writable, or choose another folder with --host-dir";

std::string what_failed(const std::string& path) { return "cannot write " + path; }

/// What the user can do about an error that every file on this machine will have. Null: it belongs to the file.
const char* advice_for_machine(int error, const std::string& path) {
  switch (error) {
    case ENOSPC:
    case EDQUOT: return free_space;
    case EROFS: return allow_writing;
    case EACCES: {  // of the work folder; a folder elsewhere may be one that only this task names
      const bool in_work_folder = !std::filesystem::path(path).is_absolute();
      return in_work_folder && ::access(".", W_OK | X_OK) != 0 ? allow_writing : nullptr;
    }
    default: return nullptr;
  }
}

}  // namespace

IncomingFile::~IncomingFile() { drop(); }

void IncomingFile::drop() {
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
  temporary_.clear();
  file_.reset();
}

void IncomingFile::take(const FileChunk& chunk) {
  if (error_.empty()) error_ = chunk.error;
  try {
    if (error_.empty() && !file_) open();
    if (error_.empty()) write(chunk.bytes);
    if (error_.empty() && chunk.last) finish(chunk.mode);
  } catch (const std::system_error& error) {
    error_ = error.what();
    const char* const advice = advice_for_machine(error.code().value(), path_);
    if (advice != nullptr) machine_error_ = fmt::format("it cannot store files: {}; {}", error_, advice);
  } catch (const std::exception& error) {
    error_ = error.what();
  }
  if (!error_.empty()) drop();  // the rest of the file needs no room on the disk
}

void IncomingFile::open() {
  if (std::filesystem::is_symlink(path_)) path_ = std::filesystem::weakly_canonical(path_);
  const std::filesystem::path folder = std::filesystem::path(path_).parent_path();
  if (!folder.empty()) sys::make_folders(folder);
  std::string name = path_ + ".prun-XXXXXX";
  const int fd = ::mkostemp(name.data(), O_CLOEXEC);
  if (fd < 0) sys::throw_errno(what_failed(path_));
  file_.reset(fd);
  temporary_ = std::move(name);
}

void IncomingFile::write(std::string_view bytes) const {
  while (!bytes.empty()) {
    const auto written = sys::retry_interrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
    if (written < 0) sys::throw_errno(what_failed(path_));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void IncomingFile::finish(std::uint32_t mode) {
  struct stat there {};
  if (::stat(path_.c_str(), &there) == 0 && !S_ISREG(there.st_mode))
    throw std::runtime_error("cannot write " + path_ + ": it exists and is not a regular file");
  if (is_there_already(mode)) return;
  made_ = ::access(path_.c_str(), F_OK) != 0;
  if (::fchmod(file_.get(), static_cast<mode_t>(mode)) != 0) sys::throw_errno(what_failed(path_));
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) sys::throw_errno(what_failed(path_));
  temporary_.clear();
}

bool IncomingFile::is_there_already(std::uint32_t mode) const {
  const sys::RegularFile there = sys::open_regular_file(path_);
  struct stat old {};
  struct stat now {};
  if (!there.problem.empty() || there.mode != mode || ::fstat(there.file.get(), &old) != 0 ||
      ::fstat(file_.get(), &now) != 0 || old.st_size != now.st_size)
    return false;
  std::array<char, std::size_t{64} * 1024> a{};
  std::array<char, std::size_t{64} * 1024> b{};
  for (off_t at = 0; at < now.st_size;) {
    const auto got = ::pread(file_.get(), a.data(), a.size(), at);
    if (got <= 0 || ::pread(there.file.get(), b.data(), static_cast<std::size_t>(got), at) != got ||
        std::memcmp(a.data(), b.data(), static_cast<std::size_t>(got)) != 0)
      return false;
    at += got;
  }
  return true;
}

}  // namespace prun::cluster
