#include "sys/whole_file.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace prun::sys {

void refuse_database(int fd, const std::string& what) {
  static constexpr std::string_view database("SQLite format 3\0", 16);
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return;
  // The file may be open for writing only.
  const Fd same(::open(("/proc/self/fd/" + std::to_string(fd)).c_str(), O_RDONLY | O_CLOEXEC));
  std::array<char, database.size()> begin{};
  if (!same || ::pread(same.get(), begin.data(), begin.size(), 0) != static_cast<ssize_t>(begin.size())) return;
  if (std::string_view(begin.data(), begin.size()) != database) return;
  throw std::runtime_error(what + ": it is a journal or another SQLite database; choose another name");
}

WholeFile::WholeFile(std::string path, std::string_view what)
    : path_(std::move(path)),
      what_(std::string(what) + ' ' + path_),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666)),
      is_ours_(static_cast<bool>(file_)) {
  if (!file_) file_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (!file_) throw_errno(what_);
  refuse_database(file_.get(), what_);
}

WholeFile::~WholeFile() {
  if (!is_ours_ || !file_) return;
  struct stat ours {};
  struct stat named {};
  if (::fstat(file_.get(), &ours) != 0 || ::lstat(path_.c_str(), &named) != 0) return;
  const bool same = ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
  if (same && named.st_size == 0) ::unlink(path_.c_str());  // another program may have written to it or replaced it
}

void WholeFile::start() {
  refuse_database(file_.get(), what_);  // a journal of this run may have the same name
  is_ours_ = false;
  struct stat status {};
  checked(::fstat(file_.get(), &status), what_.c_str());
  if (S_ISREG(status.st_mode)) checked(::ftruncate(file_.get(), 0), what_.c_str());
}

void WholeFile::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto wrote = retry_interrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
    bytes.remove_prefix(static_cast<std::size_t>(checked(wrote, what_.c_str())));
  }
}

}  // namespace prun::sys
