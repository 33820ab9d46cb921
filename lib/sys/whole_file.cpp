#include "sys/whole_file.hpp"

#include "sys/error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace prun::sys {

WholeFile::WholeFile(std::string path, std::string_view what)
    : path_(std::move(path)),
      what_(std::string(what) + ' ' + path_),
      file_(::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  if (!file_) throw_errno(what_);
}

void WholeFile::start() {
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
